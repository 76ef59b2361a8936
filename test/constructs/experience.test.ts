import { Chart, Testing } from 'cdk8s';
import { expect, test } from 'vitest';
import {
  ClusterIPService,
  ConfigMap,
  claim,
  clusterDns,
  Deployment,
  declarationsOf,
  emptyDir,
  env,
  LoadBalancerService,
  NetworkPolicy,
  probe,
  RbacBundle,
  StatefulSet,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

test('a whole system: database, API with init container and sidecar, Services, permissions, policies', () => {
  const app = Testing.app();
  const data = new Chart(app, 'data', { namespace: 'data' });
  const pg = new StatefulSet(data, 'pg', {
    replicas: 3,
    volumes: { data: claim({ size: '50Gi' }) },
    containers: {
      postgres: {
        image: 'postgres:16',
        ports: { pg: 5432 },
        mounts: { data: '/var/lib/postgresql/data' },
        resources: { requests: { cpu: '1', memory: '4Gi' } },
        ready: probe.tcp('pg'),
      },
    },
    schedule: { nodeSelector: { disktype: 'ssd' }, tolerate: ['dedicated=db'], spreadOver: 'zone' },
  });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 5432 } });

  const web = new Chart(app, 'web', { namespace: 'web' });
  const settings = new ConfigMap(web, 'settings', { data: { LOG_LEVEL: 'info', PAGE_SIZE: '50' } });
  const api = new Deployment(web, 'api', {
    replicas: 3,
    volumes: { cache: emptyDir({ sizeLimit: '1Gi' }) },
    init: { migrate: { image: 'shop/migrate:1.4', calls: [db.at('pg')] } },
    containers: {
      api: {
        image: 'shop/api:1.4',
        ports: { http: 8080 },
        mounts: { cache: '/cache' },
        env: { LOG_LEVEL: settings.key('LOG_LEVEL'), DB: db.url('pg'), POD: env.field('metadata.name') },
        calls: [db.at('pg')],
        ready: probe.http('http', '/ready'),
      },
    },
    sidecars: { metrics: { image: 'shop/metrics:2', ports: { prom: 9090 } } },
  });
  new LoadBalancerService(web, 'front', { to: api, ports: { http: { port: 80 } } });
  new RbacBundle(web, 'api-reader', { for: api, rules: { configmaps: ['get', 'watch'], 'pods/log': ['get'] } });
  new NetworkPolicy(data, 'db-only-from-api', { protects: pg, allow: [{ from: api, to: 'pg' }] });
  new NetworkPolicy(web, 'api-egress', { protects: api, allow: [{ to: db.at('pg') }, { to: clusterDns }] });
  api.intends.reaches(db.at('pg'));

  expect(yaml(data)).toMatchInlineSnapshot(`
    "
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: pg
      namespace: data
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: pg
      template:
        metadata:
          labels:
            app: pg
        spec:
          containers:
            - image: postgres:16
              name: postgres
              ports:
                - containerPort: 5432
                  name: pg
              readinessProbe:
                tcpSocket:
                  port: pg
              resources:
                requests:
                  cpu: "1"
                  memory: 4Gi
              volumeMounts:
                - mountPath: /var/lib/postgresql/data
                  name: data
          nodeSelector:
            disktype: ssd
          tolerations:
            - key: dedicated
              operator: Equal
              value: db
          topologySpreadConstraints:
            - labelSelector:
                matchLabels:
                  app: pg
              maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes:
              - ReadWriteOnce
            resources:
              requests:
                storage: 50Gi
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: data
    spec:
      ports:
        - name: pg
          port: 5432
          targetPort: pg
      selector:
        app: pg
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: db-only-from-api
      namespace: data
    spec:
      ingress:
        - from:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: web
              podSelector:
                matchLabels:
                  app: api
          ports:
            - port: 5432
              protocol: TCP
      podSelector:
        matchLabels:
          app: pg
      policyTypes:
        - Ingress
    "
  `);
  expect(yaml(web)).toMatchInlineSnapshot(`
    "
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
      namespace: web
    data:
      LOG_LEVEL: info
      PAGE_SIZE: "50"
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: api
      namespace: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: api
      template:
        metadata:
          labels:
            app: api
        spec:
          containers:
            - env:
                - name: LOG_LEVEL
                  valueFrom:
                    configMapKeyRef:
                      key: LOG_LEVEL
                      name: settings
                - name: DB
                  value: tcp://db.data.svc:5432
                - name: POD
                  valueFrom:
                    fieldRef:
                      fieldPath: metadata.name
              image: shop/api:1.4
              name: api
              ports:
                - containerPort: 8080
                  name: http
              readinessProbe:
                httpGet:
                  path: /ready
                  port: http
              volumeMounts:
                - mountPath: /cache
                  name: cache
          initContainers:
            - image: shop/metrics:2
              name: metrics
              ports:
                - containerPort: 9090
                  name: prom
              restartPolicy: Always
            - image: shop/migrate:1.4
              name: migrate
          volumes:
            - emptyDir:
                sizeLimit: 1Gi
              name: cache
          serviceAccountName: api
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: front
      namespace: web
    spec:
      ports:
        - name: http
          port: 80
          targetPort: http
      selector:
        app: api
      type: LoadBalancer
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: api
      namespace: web
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: api-reader
      namespace: web
    rules:
      - apiGroups:
          - ""
        resources:
          - configmaps
        verbs:
          - get
          - watch
      - apiGroups:
          - ""
        resources:
          - pods/log
        verbs:
          - get
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: api-reader
      namespace: web
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: api-reader
    subjects:
      - kind: ServiceAccount
        name: api
        namespace: web
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: api-egress
      namespace: web
    spec:
      egress:
        - ports:
            - port: 5432
              protocol: TCP
          to:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: data
              podSelector:
                matchLabels:
                  app: pg
        - ports:
            - port: 53
              protocol: UDP
            - port: 53
              protocol: TCP
          to:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: kube-system
              podSelector:
                matchLabels:
                  k8s-app: kube-dns
      podSelector:
        matchLabels:
          app: api
      policyTypes:
        - Egress
    "
  `);
  const { calls, intents } = declarationsOf(app);
  expect(calls.map(({ container }) => container)).toEqual(['api', 'migrate']);
  expect(intents).toHaveLength(1);
});
