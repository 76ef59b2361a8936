import {
  type App,
  Chart,
  ClusterIPService,
  CronJob,
  claim,
  LimitRange,
  Namespace,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PriorityClass,
  persistentVolumeClaim,
  probe,
  ResourceQuota,
  Secret,
  StatefulSet,
} from 'plimsoll';
import type { Environment } from './environment.js';

/** Namespace `data`: the database on its own nodes, the cache, and the nightly backup. */
export const data = (app: App, environment: Environment) => {
  const chart = new Chart(app, 'data', { namespace: 'data' });
  new Namespace(chart, 'data');
  new ResourceQuota(chart, 'quota', { hard: { 'requests.cpu': '12', 'requests.memory': '48Gi', persistentvolumeclaims: '10' } });
  new LimitRange(chart, 'limits', {
    limits: [{ type: 'Container', defaultRequest: { cpu: '50m', memory: '64Mi' }, default: { memory: '256Mi' } }],
  });
  const important = new PriorityClass(chart, 'database', {
    value: 100000,
    description: 'data comes before everything that only serves it',
  });
  const credentials = new Secret(chart, 'pg-credentials', { stringData: { POSTGRES_PASSWORD: 'replaced-at-deployment' } });

  const pg = new StatefulSet(chart, 'pg', {
    replicas: environment.databaseReplicas,
    serviceName: 'db',
    priorityClass: important,
    terminationGracePeriodSeconds: 60,
    volumes: { data: claim({ size: environment.databaseSize }) },
    containers: {
      postgres: {
        image: 'postgres:16',
        ports: { pg: 5432 },
        mounts: { data: '/var/lib/postgresql/data' },
        env: { POSTGRES_PASSWORD: credentials.key('POSTGRES_PASSWORD') },
        resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } },
        ready: probe.tcp('pg'),
      },
    },
    sidecars: {
      exporter: {
        image: 'shop/pg-exporter:1',
        ports: { metrics: 9187 },
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      },
    },
    schedule: { nodeSelector: { disktype: 'ssd' }, tolerate: ['dedicated=db:NoSchedule'], onePer: 'node' },
  });
  const db = new ClusterIPService(chart, 'db', { to: pg, headless: true, ports: { pg: 5432 } });
  new PodDisruptionBudget(chart, 'pg-budget', { protects: pg, maxUnavailable: 1 });

  const redis = new StatefulSet(chart, 'redis', {
    replicas: 1,
    serviceName: 'cache',
    volumes: { data: claim({ size: '1Gi' }) },
    containers: {
      redis: {
        image: 'redis:7',
        ports: { redis: 6379 },
        mounts: { data: '/data' },
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
        ready: probe.tcp('redis'),
      },
    },
  });
  const cache = new ClusterIPService(chart, 'cache', { to: redis, ports: { redis: 6379 } });

  const backups = new PersistentVolumeClaim(chart, 'backups', { size: '20Gi' });
  const backup = new CronJob(chart, 'pg-backup', {
    cron: '30 2 * * *',
    concurrencyPolicy: 'Forbid',
    restartPolicy: 'OnFailure',
    podLabels: { app: 'pg-backup' },
    volumes: { backups: persistentVolumeClaim(backups) },
    containers: {
      dump: {
        image: 'postgres:16',
        command: ['sh', '-c', 'pg_dump shop > /backups/shop.sql'],
        mounts: { backups: '/backups' },
        calls: [db.at('pg')],
      },
    },
  });

  pg.intends.runsOn({ disktype: 'ssd' });
  return { chart, pg, db, redis, cache, backup };
};
