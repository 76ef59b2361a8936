import { App, Chart, DaemonSet, hostPath, Namespace, RbacBundle, ServiceAccount } from 'plimsoll';

/** An agent on every node that reads Pods and their logs from the API server, and may do nothing else. */
export const cluster = (): App => {
  const app = new App();
  const chart = new Chart(app, 'agent', { namespace: 'monitoring' });
  new Namespace(chart, 'monitoring');

  const account = new ServiceAccount(chart, 'agent-account');
  const agent = new DaemonSet(chart, 'log-agent', {
    serviceAccount: account,
    volumes: { logs: hostPath('/var/log', { type: 'Directory' }) },
    containers: {
      agent: {
        image: 'example/agent:1.0',
        mounts: { logs: { path: '/host/log', readOnly: true } },
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
      },
    },
    schedule: { tolerate: ['node-role.kubernetes.io/control-plane:NoSchedule'] },
  });
  new RbacBundle(chart, 'agent-reads-pods', { for: agent, rules: { pods: ['get', 'list', 'watch'], 'pods/log': ['get'] } });
  return app;
};
