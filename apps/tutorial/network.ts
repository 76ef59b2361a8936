import {
  type App,
  Chart,
  ClusterIPService,
  Deployment,
  ExternalNameService,
  ExternalService,
  Ingress,
  IngressClass,
  LoadBalancerService,
  NodePortService,
} from 'plimsoll';

/** Services: one name and address for several Pods, inside and from outside. */
export const network = (app: App): Chart => {
  const chart = new Chart(app, 'network');
  const hello = new Deployment(chart, 'hello-node', {
    replicas: 2,
    containers: { web: { image: 'nginx', ports: { http: 80 } } },
  });

  // S20, S31, S41: the types of Service.
  const inside = new ClusterIPService(chart, 'hello-inside', { to: hello, ports: { http: 80 } });
  new NodePortService(chart, 'hello-node-svc', { to: hello, ports: { http: { port: 8080, nodePort: 30036 } } });
  new LoadBalancerService(chart, 'hello-outside', { to: hello, ports: { http: 80 }, externalIPs: ['198.51.100.32'] });
  new ExternalNameService(chart, 'database-by-name', { externalName: 'my.database.example.com' });
  const byAddress = new ExternalService(chart, 'database-by-address', { addresses: ['192.0.2.42'], ports: { pg: 5432 } });

  // S20, S32: routes from outside, through the controller that its class names.
  const ingressClass = new IngressClass(chart, 'nginx', { controller: 'k8s.io/ingress-nginx' });
  new Ingress(chart, 'hello', { ingressClass, hosts: { 'hello.example.com': { '/': inside.at('http') } } });

  // S27, S34: names are looked up at the cluster DNS, without being told.
  const client = new Deployment(chart, 'client', {
    containers: {
      client: {
        image: 'curlimages/curl',
        command: ['sleep', 'infinity'],
        calls: [inside.at('http'), 'http://hello-inside', 'http://hello-node-svc:8080'],
      },
    },
  });
  client.intends.reaches(inside.at('http'));
  client.intends.reaches(byAddress.at('pg'));
  return chart;
};
