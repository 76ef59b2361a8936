import { Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ClusterIPService,
  CronJob,
  claim,
  DaemonSet,
  Deployment,
  hostPath,
  Job,
  NetworkPolicy,
  ReplicaSet,
  StatefulSet,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const image = 'nginx:1.27';
const chart = () => Testing.chart();

describe('workloads', () => {
  test('S22: Deployment', () => {
    const deployment = new Deployment(chart(), 'web', {
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 120,
      paused: true,
      labels: { team: 'shop' },
      podLabels: { tier: 'front' },
      podAnnotations: { 'prometheus.io/scrape': 'true' },
      containers: { nginx: { image } },
    });
    expect(yaml(deployment)).toMatchInlineSnapshot(`
      "
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        labels:
          team: shop
        name: web
      spec:
        paused: true
        progressDeadlineSeconds: 120
        replicas: 3
        revisionHistoryLimit: 5
        selector:
          matchLabels:
            app: web
        strategy:
          rollingUpdate:
            maxSurge: 1
            maxUnavailable: 0
          type: RollingUpdate
        template:
          metadata:
            annotations:
              prometheus.io/scrape: "true"
            labels:
              app: web
              tier: front
          spec:
            containers:
              - image: nginx:1.27
                name: nginx
      "
    `);
  });

  test('the selector can be chosen, and everything else laid over the result', () => {
    const { spec } = new Deployment(chart(), 'web', {
      selector: { run: 'mynginx' },
      podLabels: { tier: 'front' },
      containers: { nginx: { image } },
      plain: { template: { metadata: { finalizers: ['example.com/x'] }, spec: { nodeName: 'k8s-w1' } } },
    }).toJson();
    expect(spec.selector).toEqual({ matchLabels: { run: 'mynginx' } });
    expect(spec.template.metadata).toEqual({ finalizers: ['example.com/x'], labels: { run: 'mynginx', tier: 'front' } });
    expect(spec.template.spec).toEqual({ containers: [{ name: 'nginx', image }], nodeName: 'k8s-w1' });
  });

  test('S22: ReplicaSet', () => {
    expect(yaml(new ReplicaSet(chart(), 'web', { replicas: 2, containers: { nginx: { image } } }))).toMatchInlineSnapshot(`
      "
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata:
        name: web
      spec:
        replicas: 2
        selector:
          matchLabels:
            app: web
        template:
          metadata:
            labels:
              app: web
          spec:
            containers:
              - image: nginx:1.27
                name: nginx
      "
    `);
  });

  test('StatefulSet with a claim for each Pod', () => {
    const set = new StatefulSet(chart(), 'pg', {
      replicas: 3,
      serviceName: 'db',
      podManagementPolicy: 'Parallel',
      volumes: { data: claim({ size: '50Gi', storageClass: 'fast', accessModes: ['ReadWriteOncePod'], labels: { app: 'pg' } }) },
      containers: { postgres: { image: 'postgres:16', mounts: { data: '/data' } } },
    });
    expect(yaml(set)).toMatchInlineSnapshot(`
      "
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: pg
      spec:
        podManagementPolicy: Parallel
        replicas: 3
        selector:
          matchLabels:
            app: pg
        serviceName: db
        template:
          metadata:
            labels:
              app: pg
          spec:
            containers:
              - image: postgres:16
                name: postgres
                volumeMounts:
                  - mountPath: /data
                    name: data
        volumeClaimTemplates:
          - metadata:
              labels:
                app: pg
              name: data
            spec:
              accessModes:
                - ReadWriteOncePod
              resources:
                requests:
                  storage: 50Gi
              storageClassName: fast
      "
    `);
  });

  test('S23: DaemonSet', () => {
    const set = new DaemonSet(chart(), 'logs', {
      updateStrategy: { type: 'OnDelete' },
      volumes: { log: hostPath('/var/log') },
      containers: { agent: { image: 'agent:1', mounts: { log: { path: '/var/log', readOnly: true } } } },
      schedule: { tolerate: ['*'] },
    });
    expect(yaml(set)).toMatchInlineSnapshot(`
      "
      apiVersion: apps/v1
      kind: DaemonSet
      metadata:
        name: logs
      spec:
        selector:
          matchLabels:
            app: logs
        template:
          metadata:
            labels:
              app: logs
          spec:
            containers:
              - image: agent:1
                name: agent
                volumeMounts:
                  - mountPath: /var/log
                    name: log
                    readOnly: true
            tolerations:
              - operator: Exists
            volumes:
              - hostPath:
                  path: /var/log
                name: log
        updateStrategy:
          type: OnDelete
      "
    `);
  });

  test('S17: Job; Kubernetes makes its selector itself', () => {
    const job = new Job(chart(), 'migrate', {
      restartPolicy: 'Never',
      completions: 2,
      backoffLimit: 1,
      activeDeadlineSeconds: 600,
      containers: { migrate: { image: 'migrate:1' } },
    });
    expect(yaml(job)).toMatchInlineSnapshot(`
      "
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: migrate
      spec:
        activeDeadlineSeconds: 600
        backoffLimit: 1
        completions: 2
        template:
          spec:
            containers:
              - image: migrate:1
                name: migrate
            restartPolicy: Never
      "
    `);
    // @ts-expect-error a Job cannot restart its containers for ever
    new Job(chart(), 'always', { restartPolicy: 'Always', containers: { migrate: { image: 'migrate:1' } } });
  });

  test('a Job gets a label only when something selects its Pods', () => {
    const scope = chart();
    const job = new Job(scope, 'migrate', { restartPolicy: 'Never', containers: { migrate: { image: 'migrate:1' } } });
    expect(job.toJson().spec.template.metadata).toBeUndefined();
    const policy = new NetworkPolicy(scope, 'deny', { protects: job, allow: [] });
    expect(policy.toJson().spec.podSelector).toEqual({ matchLabels: { app: 'migrate' } });
    expect(job.toJson().spec.template.metadata).toEqual({ labels: { app: 'migrate' } });
  });

  test('S17: CronJob', () => {
    const cron = new CronJob(chart(), 'report', {
      cron: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      backoffLimit: 0,
      restartPolicy: 'OnFailure',
      containers: { report: { image: 'report:1' } },
      schedule: { nodeSelector: { pool: 'batch' } },
    });
    expect(yaml(cron)).toMatchInlineSnapshot(`
      "
      apiVersion: batch/v1
      kind: CronJob
      metadata:
        name: report
      spec:
        concurrencyPolicy: Forbid
        jobTemplate:
          spec:
            backoffLimit: 0
            template:
              spec:
                containers:
                  - image: report:1
                    name: report
                nodeSelector:
                  pool: batch
                restartPolicy: OnFailure
        schedule: 0 3 * * *
        successfulJobsHistoryLimit: 1
        timeZone: Europe/Berlin
      "
    `);
  });

  test('the namespace is that of the chart, unless the object says another', () => {
    const scope = Testing.chart();
    const other = new Deployment(scope, 'other', { namespace: 'web', name: 'api', containers: { api: { image } } });
    expect(other.ref).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web', name: 'api' });
    const service = new ClusterIPService(scope, 'svc', {
      namespace: 'web',
      to: new Deployment(scope, 'web', { namespace: 'web', containers: { w: { image, ports: { http: 80 } } } }),
      ports: { http: 80 },
    });
    expect(service.host).toBe('svc.web.svc');
  });
});
