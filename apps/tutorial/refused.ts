import { App, Chart, Pod, probe } from 'plimsoll';
import { workers } from './cluster.js';

const chart = (cluster = workers): Chart => new Chart(new App({ cluster }), 'refused');

const appOf = (of: Chart): App => of.node.root as App;

/** S4: no node has an SSD. */
export const withoutSsd = (): App => {
  const of = chart({ ...workers, nodes: (workers.nodes ?? []).slice(1) });
  new Pod(of, 'node-selector', { containers: { nginx: { image: 'nginx' } }, schedule: { nodeSelector: { disktype: 'ssd' } } });
  return appOf(of);
};

/** S5: a command that ends, started again for ever. */
export const alwaysRestarted = (): App => {
  const of = chart();
  new Pod(of, 'cmd', {
    restartPolicy: 'Always',
    containers: { nginx: { image: 'nginx', command: ['/bin/echo'], args: ['hello'] } },
  });
  return appOf(of);
};

/** S7: a process that outgrows its limit. */
export const outOfMemory = (): App => {
  const of = chart();
  new Pod(of, 'limits', {
    containers: {
      python: {
        image: 'python:3.7',
        command: ['python'],
        args: ['-c', 'grow()'],
        resources: { limits: { cpu: '500m', memory: '1Gi' } },
        behaviour: { memory: { growsTo: '1.5Gi' } },
      },
    },
  });
  return appOf(of);
};

/** S8: a probe that gets no answer. */
export const failingProbe = (): App => {
  const of = chart();
  new Pod(of, 'liveness', {
    containers: {
      nginx: {
        image: 'nginx',
        ports: { http: 80 },
        live: probe.http('http', '/live'),
        behaviour: { probes: { liveness: false } },
      },
    },
  });
  return appOf(of);
};

/** S19: one port, two containers. */
export const samePort = (): App => {
  const of = chart();
  new Pod(of, 'ports', {
    containers: { web: { image: 'nginx', ports: { http: 80 } }, proxy: { image: 'httpd', ports: { proxy: 80 } } },
  });
  return appOf(of);
};
