import {
  type App,
  Chart,
  ClusterIPService,
  ConfigMap,
  CronJob,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  PodDisruptionBudget,
  probe,
  RbacBundle,
  ResourceQuota,
  Secret,
} from 'plimsoll';
import type { data } from './data.js';
import type { Environment } from './environment.js';

type Data = ReturnType<typeof data>;

const small = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } };

/** Namespace `services`: the APIs and workers behind the shop. */
export const services = (app: App, environment: Environment, { db, cache }: Data) => {
  const chart = new Chart(app, 'services', { namespace: 'services' });
  new Namespace(chart, 'services');
  new ResourceQuota(chart, 'quota', { hard: { pods: '60', 'requests.cpu': '10', 'requests.memory': '16Gi' } });
  const settings = new ConfigMap(chart, 'settings', {
    data: { LOG_LEVEL: environment.name === 'production' ? 'info' : 'debug', PAGE_SIZE: '50', CURRENCY: 'EUR' },
  });
  const credentials = new Secret(chart, 'db-credentials', { stringData: { PASSWORD: 'replaced-at-deployment' } });
  const common = { LOG_LEVEL: settings.key('LOG_LEVEL') };
  const database = { ...common, DB: db.url('pg'), DB_PASSWORD: credentials.key('PASSWORD') };
  const { replicas } = environment;

  const catalog = new Deployment(chart, 'catalog', {
    replicas,
    init: { migrate: { image: 'shop/migrate:1.4', args: ['catalog'], env: database, resources: small, calls: [db.at('pg')] } },
    containers: {
      catalog: {
        image: 'shop/catalog:1.4',
        ports: { http: 8080 },
        env: { ...database, PAGE_SIZE: settings.key('PAGE_SIZE') },
        resources: small,
        ready: probe.http('http', '/ready'),
        calls: [db.at('pg'), cache.at('redis')],
      },
    },
    schedule: { spreadOver: { over: 'zone', whenUnsatisfiable: 'ScheduleAnyway' } },
  });
  const catalogService = new ClusterIPService(chart, 'catalog-api', { to: catalog, ports: { http: 80 } });

  const cart = new Deployment(chart, 'cart', {
    replicas,
    containers: {
      cart: {
        image: 'shop/cart:1.4',
        ports: { http: 8080 },
        env: { ...common, CACHE: cache.url('redis') },
        resources: small,
        ready: probe.http('http', '/ready'),
        calls: [cache.at('redis'), catalogService.at('http')],
      },
    },
  });
  const cartService = new ClusterIPService(chart, 'cart-api', { to: cart, ports: { http: 80 } });

  const mail = new Deployment(chart, 'mail', {
    replicas: 1,
    containers: {
      mail: { image: 'shop/mail:1.1', ports: { grpc: 50051 }, env: common, resources: small, ready: probe.grpc(50051) },
    },
  });
  const mailService = new ClusterIPService(chart, 'mail-api', { to: mail, ports: { grpc: 50051 } });

  const payment = new Deployment(chart, 'payment', {
    replicas,
    containers: {
      payment: {
        image: 'shop/payment:2.0',
        ports: { http: 8080 },
        env: database,
        resources: small,
        ready: probe.http('http', '/ready'),
        live: probe.http('http', '/live'),
        calls: [db.at('pg'), 'https://payments.example.com'],
      },
    },
  });
  const paymentService = new ClusterIPService(chart, 'payment-api', { to: payment, ports: { http: 80 } });

  const orders = new Deployment(chart, 'orders', {
    replicas,
    containers: {
      orders: {
        image: 'shop/orders:1.4',
        ports: { http: 8080, metrics: 9090 },
        env: { ...database, PAYMENT: paymentService.url('http'), MAIL: mailService.url('grpc') },
        resources: small,
        ready: probe.http('http', '/ready'),
        calls: [db.at('pg'), paymentService.at('http'), mailService.at('grpc'), cartService.at('http')],
      },
    },
  });
  const ordersService = new ClusterIPService(chart, 'orders-api', { to: orders, ports: { http: 80, metrics: 9090 } });
  new HorizontalPodAutoscaler(chart, 'orders-scaler', {
    scale: orders,
    minReplicas: replicas,
    maxReplicas: replicas * 3,
    cpu: 75,
  });
  new PodDisruptionBudget(chart, 'orders-budget', { protects: orders, maxUnavailable: 1 });

  const worker = new Deployment(chart, 'order-worker', {
    replicas,
    containers: {
      worker: {
        image: 'shop/orders:1.4',
        args: ['worker'],
        env: database,
        resources: small,
        calls: [db.at('pg'), mailService.at('grpc')],
      },
    },
  });
  const recommendations = new Deployment(chart, 'recommendations', {
    replicas: 1,
    containers: {
      recommendations: {
        image: 'shop/recommendations:0.9',
        ports: { http: 8080 },
        env: common,
        resources: { requests: { cpu: '200m', memory: '512Mi' }, limits: { memory: '1Gi' } },
        ready: probe.http('http', '/ready'),
        started: probe.http('http', '/ready', { failureThreshold: 30 }),
        calls: [catalogService.at('http')],
      },
    },
  });
  const recommendationsService = new ClusterIPService(chart, 'recommendations-api', { to: recommendations, ports: { http: 80 } });

  const report = new CronJob(chart, 'sales-report', {
    cron: '0 6 * * 1',
    restartPolicy: 'Never',
    podLabels: { app: 'sales-report' },
    containers: {
      report: { image: 'shop/report:1.0', env: database, resources: small, calls: [db.at('pg'), mailService.at('grpc')] },
    },
  });
  const cleanup = new CronJob(chart, 'cart-cleanup', {
    cron: '*/15 * * * *',
    restartPolicy: 'Never',
    podLabels: { app: 'cart-cleanup' },
    containers: { cleanup: { image: 'shop/cart:1.4', args: ['cleanup'], resources: small, calls: [cache.at('redis')] } },
  });

  // Reads feature flags at run time, so it may watch ConfigMaps and nothing else.
  new RbacBundle(chart, 'orders-flags', { for: orders, rules: { configmaps: ['get', 'list', 'watch'] } });

  return {
    chart,
    catalog,
    catalogService,
    cart,
    cartService,
    orders,
    ordersService,
    payment,
    mail,
    worker,
    recommendations,
    recommendationsService,
    report,
    cleanup,
  };
};
