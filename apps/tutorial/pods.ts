import { type App, Chart, emptyDir, env, hostPath, Pod, probe } from 'plimsoll';

const why = 'the text shows a Pod by itself';

/** The Pods of the texts, one a lesson. */
export const pods = (app: App): Chart => {
  const chart = new Chart(app, 'pods');

  // S3: labels.
  const mynginx = new Pod(chart, 'mynginx', { labels: { run: 'mynginx' }, containers: { mynginx: { image: 'nginx' } } });

  // S4: a Pod that needs an SSD.
  const selector = new Pod(chart, 'node-selector', {
    containers: { nginx: { image: 'nginx' } },
    schedule: { nodeSelector: { disktype: 'ssd' } },
  });
  selector.intends.runsOn({ disktype: 'ssd' });

  // S5: a command that ends.
  new Pod(chart, 'cmd', {
    restartPolicy: 'OnFailure',
    containers: { nginx: { image: 'nginx', command: ['/bin/echo'], args: ['hello'] } },
  });

  // S6, S30: a directory of the node.
  const volume = new Pod(chart, 'volume', {
    volumes: { 'host-volume': hostPath('/home') },
    containers: { nginx: { image: 'nginx', mounts: { 'host-volume': '/container-volume' } } },
  });

  // S8: a probe that keeps watch.
  const liveness = new Pod(chart, 'liveness', {
    containers: { nginx: { image: 'nginx', ports: { http: 80 }, live: probe.http('http', '/live') } },
  });

  // S2, S9: two containers, one address.
  const second = new Pod(chart, 'second', {
    containers: { nginx: { image: 'nginx', ports: { http: 80 } } },
    sidecars: {
      curl: {
        classic: true,
        image: 'curlimages/curl',
        command: ['/bin/sh'],
        args: ['-c', 'while true; do sleep 5; curl -s localhost; done'],
        calls: ['http://localhost'],
      },
    },
  });

  // S10: init containers come first, one after the other.
  new Pod(chart, 'init-container', {
    restartPolicy: 'OnFailure',
    volumes: { git: emptyDir() },
    init: {
      git: {
        image: 'alpine/git',
        command: ['git', 'clone', 'https://github.com/moby/moby.git', '/tmp/moby'],
        mounts: { git: '/tmp' },
      },
    },
    containers: { busybox: { image: 'busybox', command: ['ls'], args: ['/tmp/moby'], mounts: { git: '/tmp' } } },
  });

  // S29: containers that share a directory as long as the Pod lives.
  const logging = new Pod(chart, 'shared-volume', {
    volumes: { logs: emptyDir(), cache: emptyDir({ medium: 'Memory', sizeLimit: '64Mi' }) },
    containers: { nginx: { image: 'nginx', ports: { http: 80 }, mounts: { logs: '/var/log/nginx', cache: '/cache' } } },
    sidecars: { fluentd: { image: 'fluent/fluentd', mounts: { logs: { path: '/fluentd/log', readOnly: true } } } },
  });

  // S38: many fields in one Pod.
  const example = new Pod(chart, 'kube-example', {
    labels: { app: 'kube-example', tier: 'frontend' },
    volumes: { html: emptyDir(), mysql: hostPath('/data/mysql', { type: 'DirectoryOrCreate' }) },
    containers: {
      web: {
        image: 'nginx',
        imagePullPolicy: 'Always',
        ports: { http: 80 },
        env: { PROFILE: 'production', CONFIG: '/etc/app/$(PROFILE).conf', POD_NAME: env.field('metadata.name') },
        mounts: { html: { path: '/usr/share/nginx/html', readOnly: true } },
      },
      generator: {
        image: 'busybox',
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', 'infinity'],
        mounts: { html: '/html', mysql: '/data' },
      },
    },
    schedule: { nodeSelector: { gpu: 'true' } },
  });

  for (const pod of [mynginx, selector, volume, liveness, second, logging, example]) pod.accept('design/bare-pod', why);
  return chart;
};
