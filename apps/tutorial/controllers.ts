import { type App, Chart, CronJob, DaemonSet, Deployment, HorizontalPodAutoscaler, Job, ReplicaSet } from 'plimsoll';

/** Controllers: what keeps, multiplies and finishes Pods. */
export const controllers = (app: App): Chart => {
  const chart = new Chart(app, 'controllers');
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };

  // S22: a ReplicaSet keeps the count.
  new ReplicaSet(chart, 'replicas', { replicas: 2, containers: { nginx: { image: 'nginx', resources } } });

  // S22, S35, S40: a Deployment owns ReplicaSets and rolls from one to the next.
  const deployment = new Deployment(chart, 'mynginx-deployment', {
    replicas: 3,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    revisionHistoryLimit: 5,
    progressDeadlineSeconds: 300,
    containers: { nginx: { image: 'nginx:1.17.2', ports: { http: 80 }, resources } },
  });

  // S16: more Pods when there is more to do.
  new HorizontalPodAutoscaler(chart, 'mynginx-scaler', { scale: deployment, minReplicas: 3, maxReplicas: 6, cpu: 70 });

  // S23: one Pod on every node.
  new DaemonSet(chart, 'node-agent', { containers: { agent: { image: 'fluent/fluentd' } } });

  // S17: work that ends, once and every night.
  new Job(chart, 'pi', {
    restartPolicy: 'Never',
    backoffLimit: 4,
    containers: { pi: { image: 'perl', command: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'] } },
  });
  new CronJob(chart, 'nightly', {
    cron: '0 3 * * *',
    restartPolicy: 'OnFailure',
    containers: { hello: { image: 'busybox', command: ['echo', 'hello'] } },
  });
  return chart;
};
