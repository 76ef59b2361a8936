import { type App, Chart, ConfigMap, configMap, Deployment, LimitRange, Namespace, ResourceQuota, Secret } from 'plimsoll';

/** S15, S16, S21, S25: one namespace an environment; the same names in each, with settings and limits of its own. */
export const environment = (app: App, name: 'development' | 'production'): Chart => {
  const chart = new Chart(app, name, { namespace: name });
  new Namespace(chart, 'namespace', { name });
  const settings = new ConfigMap(chart, 'settings', {
    data: { PROFILE: name, LOG_LEVEL: name === 'production' ? 'warn' : 'debug' },
  });
  const credentials = new Secret(chart, 'credentials', { stringData: { PASSWORD: `${name}-example` } });
  new Deployment(chart, 'api', {
    replicas: name === 'production' ? 2 : 1,
    volumes: { settings: configMap(settings) },
    containers: {
      api: {
        image: 'nginx',
        env: { PROFILE: settings.key('PROFILE'), PASSWORD: credentials.key('PASSWORD') },
        mounts: { settings: '/etc/settings' },
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
      },
    },
  });
  new ResourceQuota(chart, 'quota', { hard: { pods: '10', 'requests.cpu': '2', 'requests.memory': '2Gi' } });
  new LimitRange(chart, 'defaults', {
    limits: [{ type: 'Container', default: { memory: '128Mi' }, defaultRequest: { cpu: '50m', memory: '64Mi' } }],
  });
  return chart;
};
