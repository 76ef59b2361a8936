import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listensOn } from '../../lib/kubelet/index.js';
import { FakeHost, nginx } from './host.js';

const busybox = { name: 'main', image: 'busybox:1.36' };

describe('a Pod starts', () => {
  test('a plain Pod runs and is ready with one status update', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx()] });
    host.until(900);
    expect(host.history).toHaveLength(1);
    expect(host.status('web')).toMatchObject({
      phase: 'Running',
      podIP: '10.0.0.1',
      hostIP: '192.168.0.1',
      qosClass: 'BestEffort',
      startTime: '2026-06-01T00:00:00Z',
      containerStatuses: [{ name: 'nginx', ready: true, started: true, restartCount: 0, state: { running: {} } }],
    });
    expect(host.condition('web', 'Ready')).toBe('True');
    expect(host.events.map(({ reason }) => reason)).toEqual(['Pulled', 'Created', 'Started']);
  });

  test('10,000 Pods of one template cost one timer and one status update each', () => {
    const host = new FakeHost();
    const containers = [nginx()];
    for (let index = 0; index < 10_000; index++) host.bind(`web-${index}`, { containers });
    const tasks = host.until(900);
    expect(tasks).toBe(1);
    expect(host.history).toHaveLength(10_000);
  });

  test('S2: the containers of a Pod share one IP and reach each other at localhost', () => {
    const host = new FakeHost();
    host.bind('two', { containers: [nginx(), { name: 'redis', image: 'redis:7', ports: [{ containerPort: 6379 }] }] });
    host.until(10);
    const pod = host.pods.get('two') ?? {};
    expect(host.status('two').podIPs).toEqual([{ ip: '10.0.0.1' }]);
    expect(listensOn(pod, () => ({}), 80)).toBe('nginx');
    expect(listensOn(pod, () => ({}), 6379)).toBe('redis');
    expect(listensOn(pod, () => ({}), 5432)).toBeUndefined();
    expect(listensOn(pod, () => ({}), 80, 'UDP')).toBeUndefined();
  });

  test('S9: a curl sidecar reaches nginx on localhost, the Pod is ready 2/2', () => {
    const host = new FakeHost();
    const curl = {
      name: 'curl',
      image: 'curlimages/curl',
      command: ['sh', '-c', 'while true; do sleep 5; curl -s localhost; done'],
    };
    host.bind('second', { containers: [nginx(), curl] });
    host.until(900);
    expect(host.status('second').containerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
    expect(listensOn(host.pods.get('second') ?? {}, () => ({}), 80)).toBe('nginx');
  });

  test('S10: init containers run one after the other, before the others', () => {
    const host = new FakeHost();
    host.bind('init-container', {
      restartPolicy: 'OnFailure',
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        {
          name: 'git',
          image: 'alpine/git',
          args: ['clone', 'https://github.com/moby/moby', '/tmp/moby'],
          volumeMounts: [{ name: 'data', mountPath: '/tmp' }],
        },
        { name: 'check', image: 'busybox', command: ['sh', '-c', 'test -d /tmp/moby'] },
      ],
      containers: [{ ...busybox, command: ['ls', '/tmp/moby'], volumeMounts: [{ name: 'data', mountPath: '/tmp' }] }],
    });
    host.until(900);
    expect(host.story('init-container', 'git')).toEqual(['running', 'terminated Completed 0']);
    expect(host.story('init-container', 'check')).toEqual(['waiting PodInitializing', 'running', 'terminated Completed 0']);
    expect(host.story('init-container', 'main')).toEqual(['waiting PodInitializing', 'running', 'terminated Completed 0']);
    const ends = ['git', 'check', 'main'].map((name) => host.container('init-container', name)?.state?.terminated);
    expect(Date.parse(ends[0]?.finishedAt ?? '')).toBeLessThanOrEqual(Date.parse(ends[1]?.startedAt ?? ''));
    expect(Date.parse(ends[1]?.finishedAt ?? '')).toBeLessThanOrEqual(Date.parse(ends[2]?.startedAt ?? ''));
    expect(host.status('init-container').phase).toBe('Succeeded');
  });

  test('a failing init container holds the Pod back: Pending, CrashLoopBackOff', () => {
    const host = new FakeHost();
    host.bind(
      'held',
      { initContainers: [{ name: 'migrate', image: 'app:1' }], containers: [nginx()] },
      { migrate: { exits: { code: 2 } } },
    );
    host.until(100);
    expect(host.status('held').phase).toBe('Pending');
    expect(host.container('held', 'migrate')?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(host.container('held', 'nginx')?.state?.waiting?.reason).toBe('PodInitializing');
    expect(host.condition('held', 'Initialized')).toBe('False');
  });

  test('a failed init container of a Pod that does not restart fails the Pod', () => {
    const host = new FakeHost();
    const spec = { restartPolicy: 'Never', initContainers: [{ name: 'migrate', image: 'app:1' }], containers: [nginx()] };
    host.bind('failed', spec, { migrate: { exits: { code: 2 } } });
    host.until(100);
    expect(host.status('failed').phase).toBe('Failed');
  });

  test('native sidecars start in order, each once the one before has started up', () => {
    const host = new FakeHost();
    const sidecar = { image: 'proxy:1', restartPolicy: 'Always', ports: [{ containerPort: 15001 }] };
    host.bind(
      'mesh',
      {
        initContainers: [
          { ...sidecar, name: 'proxy', startupProbe: { tcpSocket: { port: 15001 }, periodSeconds: 5, failureThreshold: 30 } },
          { name: 'warm', image: 'app:1' },
        ],
        containers: [nginx()],
      },
      { proxy: { startsIn: 12 } },
    );
    host.until(14);
    expect(host.container('mesh', 'warm')?.state?.waiting?.reason).toBe('PodInitializing');
    host.until(60);
    // Asked every 5 s, the proxy is first found up 15 s after its start.
    expect(host.container('mesh', 'warm')?.state?.terminated?.startedAt).toBe('2026-06-01T00:00:16Z');
    expect(host.status('mesh').phase).toBe('Running');
    expect(host.condition('mesh', 'Ready')).toBe('True');
  });
});

describe('a container ends', () => {
  test('S5: `/bin/echo hello` with OnFailure completes once', () => {
    const host = new FakeHost();
    host.bind('cmd', { restartPolicy: 'OnFailure', containers: [nginx({ command: ['/bin/echo'], args: ['hello'] })] });
    host.until(900);
    expect(host.status('cmd').phase).toBe('Succeeded');
    expect(host.container('cmd', 'nginx')?.restartCount).toBe(0);
    expect(host.story('cmd', 'nginx')).toEqual(['running', 'terminated Completed 0']);
    expect(host.condition('cmd', 'Ready')).toBe('False');
  });

  test('S5: `/bin/echo hello` with Always ends in CrashLoopBackOff', () => {
    const host = new FakeHost();
    host.bind('cmd', { containers: [nginx({ command: ['/bin/echo'], args: ['hello'] })] });
    const tasks = host.until(900);
    const status = host.container('cmd', 'nginx');
    expect(status?.state?.waiting).toEqual({
      reason: 'CrashLoopBackOff',
      message: 'back-off 300s restarting failed container=nginx pod=cmd_default(uid-cmd)',
    });
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(status?.restartCount).toBe(7);
    expect(host.status('cmd').phase).toBe('Running');
    expect(host.messages('BackOff')).toContain('Back-off restarting failed container nginx in pod cmd_default(uid-cmd)');
    expect(tasks).toBeLessThan(40);
  });

  test('S7: memory that grows without bound: Running, then OOMKilled', () => {
    const host = new FakeHost();
    const container = { name: 'python', image: 'python:3.7', resources: { limits: { cpu: '500m', memory: '1Gi' } } };
    host.bind('limits', { containers: [container] }, { python: { memory: { growsTo: 'unbounded' } } });
    host.until(62);
    expect(host.story('limits', 'python')).toEqual(['running', 'terminated OOMKilled 137', 'running']);
    host.until(120);
    expect(host.container('limits', 'python')?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  test('S7: memory that stays below its limit runs on', () => {
    const host = new FakeHost();
    const container = { name: 'app', image: 'app:1', resources: { limits: { memory: '1Gi' } } };
    host.bind('fits', { containers: [container] }, { app: { memory: { growsTo: '900Mi' } } });
    host.until(900);
    expect(host.story('fits', 'app')).toEqual(['running']);
  });

  test('S29: what is written to a Memory emptyDir counts as memory', () => {
    const spec = (medium: string) => ({
      restartPolicy: 'Never',
      volumes: [{ name: 'cache', emptyDir: { medium } }],
      containers: [{ name: 'app', image: 'app:1', resources: { limits: { memory: '1Gi' } } }],
    });
    const behaviour = { app: { memory: { growsTo: '600Mi' }, writes: { cache: '500Mi' } } };
    const host = new FakeHost();
    host.bind('tmpfs', spec('Memory'), behaviour);
    host.bind('disk', spec(''), behaviour);
    host.until(900);
    expect(host.container('tmpfs', 'app')?.state?.terminated?.reason).toBe('OOMKilled');
    expect(host.container('disk', 'app')?.state?.running).toBeDefined();
  });

  test('S29: an emptyDir that outgrows its size limit evicts the Pod', () => {
    const host = new FakeHost();
    const volumes = [{ name: 'cache', emptyDir: { sizeLimit: '1Gi' } }];
    host.bind('full', { volumes, containers: [nginx()] }, { nginx: { writes: { cache: '2Gi' } } });
    host.until(60);
    expect(host.status('full')).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(host.messages('Evicted')).toEqual(['Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ']);
  });

  test('S19: the second container on one port exits and crash-loops', () => {
    const host = new FakeHost();
    host.bind('ports', { containers: [nginx({ name: 'first' }), nginx({ name: 'second' })] });
    host.until(300);
    expect(host.story('ports', 'first')).toEqual(['running']);
    const second = host.container('ports', 'second');
    expect(second?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(second?.lastState?.terminated?.message).toBe('listen tcp 0.0.0.0:80: bind: address already in use');
    expect(host.condition('ports', 'Ready')).toBe('False');
  });

  test('a Pod of the host network takes the port of its node', () => {
    const host = new FakeHost();
    const spec = { hostNetwork: true, containers: [nginx()] };
    host.bind('one', spec);
    host.bind('two', spec);
    host.bind('elsewhere', { ...spec, nodeName: 'k8s-w2' });
    host.until(60);
    const readiness = ['one', 'two', 'elsewhere'].map((name) => host.condition(name, 'Ready'));
    expect(readiness).toEqual(['True', 'False', 'True']);
    expect(host.status('one').podIP).toBe('192.168.0.1');
  });

  test('a Job ends although its sidecar runs for ever, and the sidecar is stopped', () => {
    const host = new FakeHost();
    const initContainers = [{ name: 'log', image: 'fluent-bit:3', restartPolicy: 'Always' }];
    const containers = [{ name: 'work', image: 'worker:1' }];
    host.bind('job', { restartPolicy: 'Never', initContainers, containers });
    host.until(60);
    expect(host.status('job').phase).toBe('Succeeded');
    expect(host.container('job', 'log')?.state?.terminated?.exitCode).toBe(143);
  });

  test('activeDeadlineSeconds fails the Pod', () => {
    const host = new FakeHost();
    host.bind('slow', { activeDeadlineSeconds: 20, containers: [nginx()] });
    host.until(60);
    expect(host.status('slow')).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });
});

describe('probes', () => {
  const liveness = { httpGet: { path: '/live', port: 80 }, periodSeconds: 10, failureThreshold: 3 };

  test('S8: a failing liveness probe restarts the container', () => {
    const host = new FakeHost();
    host.bind('liveness', { containers: [nginx({ livenessProbe: liveness })] }, { nginx: { probes: { liveness: false } } });
    host.until(60);
    expect(host.messages('Unhealthy')[0]).toBe('Liveness probe failed: HTTP probe failed with statuscode: 404');
    expect(host.messages('Killing')[0]).toBe('Container nginx failed liveness probe, will be restarted');
    expect(host.story('liveness', 'nginx').slice(0, 3)).toEqual(['running', 'terminated Error 143', 'running']);
    expect(host.container('liveness', 'nginx')?.restartCount).toBeGreaterThan(0);
  });

  test('S8: a probe of a port that nothing listens on fails', () => {
    const host = new FakeHost();
    host.bind('wrong', { containers: [nginx({ livenessProbe: { httpGet: { path: 'live', port: 8080 } } })] });
    host.until(60);
    expect(host.messages('Unhealthy')[0]).toBe(
      'Liveness probe failed: Get "http://10.0.0.1:8080/live": dial tcp 10.0.0.1:8080: connect: connection refused',
    );
  });

  test('a probe that never fails costs no timer', () => {
    const host = new FakeHost();
    host.bind('healthy', { containers: [nginx({ livenessProbe: liveness, readinessProbe: liveness })] });
    expect(host.until(900)).toBe(1);
    expect(host.condition('healthy', 'Ready')).toBe('True');
  });

  test('a container without any declared port may listen on the probed one', () => {
    const host = new FakeHost();
    host.bind('undeclared', { containers: [{ name: 'app', image: 'app:1', readinessProbe: { tcpSocket: { port: 9000 } } }] });
    host.until(60);
    expect(host.condition('undeclared', 'Ready')).toBe('True');
  });

  test('readiness waits for the start of the service, by name of its port', () => {
    const host = new FakeHost();
    const ports = [{ name: 'http', containerPort: 8080 }];
    const readinessProbe = { httpGet: { port: 'http' }, initialDelaySeconds: 5, periodSeconds: 10 };
    host.bind('slow', { containers: [nginx({ ports, readinessProbe })] }, { nginx: { startsIn: 12 } });
    host.until(15);
    expect(host.condition('slow', 'Ready')).toBe('False');
    host.until(900);
    expect(host.condition('slow', 'Ready')).toBe('True');
    expect(host.history.at(-1)?.at).toBe(16);
    expect(host.history).toHaveLength(2);
  });

  test('a liveness probe that does not wait for a slow start kills it again and again; a startup probe helps', () => {
    const probe = { tcpSocket: { port: 80 }, periodSeconds: 5, failureThreshold: 2 };
    const behaviour = { nginx: { startsIn: 30 } };
    const host = new FakeHost();
    host.bind('killed', { containers: [nginx({ livenessProbe: probe })] }, behaviour);
    host.bind(
      'patient',
      { containers: [nginx({ livenessProbe: probe, startupProbe: { ...probe, failureThreshold: 30 } })] },
      behaviour,
    );
    host.until(900);
    expect(host.container('killed', 'nginx')?.restartCount).toBeGreaterThan(3);
    expect(host.container('patient', 'nginx')?.restartCount).toBe(0);
    expect(host.condition('patient', 'Ready')).toBe('True');
  });

  test('a probe may ask a port of another container of the Pod', () => {
    const host = new FakeHost();
    const asker = nginx({ name: 'asker', ports: [{ containerPort: 1 }], readinessProbe: { tcpSocket: { port: 80 } } });
    host.bind('asks', { containers: [asker, nginx()] }, { nginx: { startsIn: 20 } });
    host.until(10);
    expect(host.container('asks', 'asker')?.ready).toBe(false);
    host.until(60);
    expect(host.container('asks', 'asker')?.ready).toBe(true);
  });

  test('a port name that the container does not have makes it neither ready nor dead', () => {
    const host = new FakeHost();
    const probe = { tcpSocket: { port: 'web' } };
    host.bind('named', { containers: [nginx({ readinessProbe: probe, livenessProbe: probe })] });
    host.until(900);
    expect(host.condition('named', 'Ready')).toBe('False');
    expect(host.container('named', 'nginx')?.restartCount).toBe(0);
  });
});

describe('what a Pod refers to', () => {
  test('a missing ConfigMap keeps the Pod in ContainerCreating until it is there', () => {
    const host = new FakeHost();
    const volumes = [{ name: 'config', configMap: { name: 'settings' } }];
    host.bind('web', { volumes, containers: [nginx()] });
    host.until(60);
    expect(host.status('web').phase).toBe('Pending');
    expect(host.container('web', 'nginx')?.state?.waiting?.reason).toBe('ContainerCreating');
    expect(host.messages('FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
    ]);
    host.add('ConfigMap', 'settings', { data: { a: '1' } });
    host.until(200);
    expect(host.condition('web', 'Ready')).toBe('True');
  });

  test('a missing key of a variable is a CreateContainerConfigError', () => {
    const host = new FakeHost();
    host.add('ConfigMap', 'settings', { data: { a: '1' } });
    const env = [{ name: 'B', valueFrom: { configMapKeyRef: { name: 'settings', key: 'b' } } }];
    host.bind('web', { containers: [nginx({ env })] });
    host.until(60);
    expect(host.container('web', 'nginx')?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: "couldn't find key b in ConfigMap default/settings",
    });
    expect(host.messages('Failed')).toEqual(["Error: couldn't find key b in ConfigMap default/settings"]);
  });

  test('a Secret that does not exist is named as the kubelet names it', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx({ envFrom: [{ secretRef: { name: 'creds' } }] })] });
    host.bind('lenient', { containers: [nginx({ envFrom: [{ secretRef: { name: 'creds', optional: true } }] })] });
    host.until(60);
    expect(host.container('web', 'nginx')?.state?.waiting?.message).toBe('secret "creds" not found');
    expect(host.condition('lenient', 'Ready')).toBe('True');
  });

  test('an image name that cannot be read is an InvalidImageName', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx({ image: 'Nginx:1.27' })] });
    expect(host.until(900)).toBe(1);
    expect(host.container('web', 'nginx')?.state?.waiting?.reason).toBe('InvalidImageName');
    expect(host.messages('InspectFailed')[0]).toContain('repository name (library/Nginx) must be lowercase');
  });
});

describe('a Pod is changed and deleted', () => {
  test('a new image restarts the container', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx()] });
    host.until(10);
    host.change('web', (pod) => ({ ...pod, spec: { ...pod.spec, containers: [nginx({ image: 'nginx:1.28' })] } }));
    host.until(60);
    expect(host.container('web', 'nginx')).toMatchObject({ image: 'nginx:1.28', restartCount: 1, ready: true });
    expect(host.messages('Killing')).toEqual(['Container nginx definition changed, will be restarted']);
  });

  test('a deleted Pod gets SIGTERM and is gone', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx()] });
    host.until(10);
    host.delete('web');
    host.until(60);
    expect(host.removed).toEqual(['web']);
    expect(host.history.at(-1)?.status.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(143);
    expect(host.messages('Killing')).toEqual(['Stopping container nginx']);
  });

  test('preStop comes before SIGTERM; a hook that outlasts the grace period ends in SIGKILL', () => {
    const host = new FakeHost();
    const waiting = (seconds: number) => nginx({ lifecycle: { preStop: { sleep: { seconds } } } });
    host.bind('polite', { containers: [waiting(5)] });
    host.bind('endless', { containers: [waiting(100)] });
    host.until(10);
    host.delete('polite');
    host.delete('endless');
    host.until(15);
    expect(host.removed).toEqual([]);
    host.until(16);
    expect(host.removed).toEqual(['polite']);
    host.until(40);
    expect(host.removed).toEqual(['polite', 'endless']);
    expect(host.history.at(-1)?.status.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137);
  });

  test('sidecars end last, in reverse order', () => {
    const host = new FakeHost();
    const sidecar = (name: string) => ({ name, image: 'proxy:1', restartPolicy: 'Always' });
    host.bind('mesh', { initContainers: [sidecar('first'), sidecar('second')], containers: [nginx()] });
    host.until(10);
    host.delete('mesh');
    host.until(60);
    expect(host.messages('Killing')).toEqual(['nginx', 'second', 'first'].map((name) => `Stopping container ${name}`));
  });

  test('a Pod that is deleted before it starts never starts', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx()] });
    host.delete('web');
    host.until(60);
    expect(host.removed).toEqual(['web']);
    expect(host.history).toEqual([]);
  });

  test('nothing goes on of a Pod that was removed', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx({ command: ['false'] })] });
    host.until(5);
    const pod = host.pods.get('web');
    if (pod !== undefined) host.kubelet.podRemoved(pod);
    const before = host.history.length;
    host.until(900);
    expect(host.history).toHaveLength(before);
  });
});

describe('laws', () => {
  const behaviour = fc.record(
    {
      exits: fc.record({ code: fc.constantFrom(0, 1, 2), after: fc.integer({ min: 1, max: 400 }) }),
      startsIn: fc.nat(60),
      probes: fc.record({ liveness: fc.boolean(), readiness: fc.boolean(), startup: fc.boolean() }, { requiredKeys: [] }),
      memory: fc.record({ growsTo: fc.constantFrom('100Mi', '2Gi', 'unbounded') }),
    },
    { requiredKeys: [] },
  );
  const probe = fc.record({
    tcpSocket: fc.record({ port: fc.constantFrom(80, 81, 82) }),
    initialDelaySeconds: fc.nat(30),
    periodSeconds: fc.integer({ min: 1, max: 30 }),
    failureThreshold: fc.integer({ min: 1, max: 5 }),
  });
  const probes = fc.record({ livenessProbe: probe, readinessProbe: probe, startupProbe: probe }, { requiredKeys: [] });
  const ports = fc.subarray([80, 81, 82]).map((numbers) => numbers.map((containerPort) => ({ containerPort })));
  const container = (name: string) => fc.tuple(ports, probes).map(([open, asks]) => nginx({ name, ports: open, ...asks }));
  const pods = fc.record({
    spec: fc.record({
      restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
      initContainers: fc.tuple(
        fc.constant({ name: 'i', image: 'i:1' }),
        container('s').map((s) => ({ ...s, restartPolicy: 'Always' })),
      ),
      containers: fc.tuple(container('a'), container('b')),
    }),
    behaviours: fc.record({ i: behaviour, s: behaviour, a: behaviour, b: behaviour }),
  });

  test('whatever the containers do, work is bounded, restarts only count up and an ended Pod stays ended', () => {
    fc.assert(
      fc.property(pods, ({ spec, behaviours }) => {
        const host = new FakeHost();
        host.bind('any', spec, behaviours);
        expect(host.until(900)).toBeLessThan(400);
        const restarts = new Map<string, number>();
        let phase = 'Pending';
        for (const { status } of host.history) {
          if (phase === 'Succeeded' || phase === 'Failed') expect(status.phase).toBe(phase);
          phase = status.phase ?? '';
          for (const { name, restartCount, ready, state } of status.containerStatuses ?? []) {
            expect(restartCount).toBeGreaterThanOrEqual(restarts.get(name) ?? 0);
            restarts.set(name, restartCount);
            if (ready) expect(state?.running).toBeDefined();
          }
        }
        host.delete('any');
        host.until(1000);
        expect(host.removed).toEqual(['any']);
      }),
    );
  });

  test('a Pod that names a node that is not there never starts', () => {
    const host = new FakeHost();
    host.bind('lost', { nodeName: 'nowhere', containers: [nginx()] });
    host.until(60);
    expect(host.history).toEqual([]);
    host.delete('lost');
    expect(host.removed).toEqual(['lost']);
  });

  test('a status that others overwrote is reported again', () => {
    const host = new FakeHost();
    host.bind('web', { containers: [nginx()] });
    host.until(10);
    const conditions = [{ type: 'Ready', status: 'False' }];
    host.change('web', (pod) => ({ ...pod, status: { ...pod.status, conditions } }));
    expect(host.condition('web', 'Ready')).toBe('True');
  });
});
