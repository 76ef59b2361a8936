import { Chart, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  LimitRange,
  Namespace,
  nfs,
  nodePool,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Secret,
  StorageClass,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const chart = () => new Chart(Testing.app(), 'web', { namespace: 'web', labels: { team: 'shop' } });

describe('the other objects', () => {
  test('S15: Namespace; it is in no namespace itself', () => {
    expect(yaml(new Namespace(chart(), 'web', { labels: { env: 'production' } }))).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Namespace
      metadata:
        labels:
          env: production
          team: shop
        name: web
      "
    `);
  });

  test('S21: ConfigMap and Secret', () => {
    expect(
      yaml(new ConfigMap(chart(), 'settings', { data: { A: 'yes' }, binaryData: { B: 'aGk=' }, immutable: true })),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: ConfigMap
      metadata:
        labels:
          team: shop
        name: settings
        namespace: web
      binaryData:
        B: aGk=
      data:
        A: yes
      immutable: true
      "
    `);
    expect(
      yaml(new Secret(chart(), 'credentials', { type: 'Opaque', stringData: { A: 'a' }, data: { B: 'aGk=' } })),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Secret
      metadata:
        labels:
          team: shop
        name: credentials
        namespace: web
      data:
        B: aGk=
      stringData:
        A: a
      type: Opaque
      "
    `);
  });

  test('storage', () => {
    const scope = chart();
    const fast = new StorageClass(scope, 'fast', {
      provisioner: 'ebs.csi.aws.com',
      parameters: { type: 'gp3' },
      volumeBindingMode: 'WaitForFirstConsumer',
      default: true,
    });
    expect(yaml(fast)).toMatchInlineSnapshot(`
      "
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata:
        annotations:
          storageclass.kubernetes.io/is-default-class: "true"
        labels:
          team: shop
        name: fast
      parameters:
        type: gp3
      provisioner: ebs.csi.aws.com
      volumeBindingMode: WaitForFirstConsumer
      "
    `);
    expect(yaml(new PersistentVolumeClaim(scope, 'uploads', { size: '10Gi', storageClass: fast }))).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        labels:
          team: shop
        name: uploads
        namespace: web
      spec:
        accessModes:
          - ReadWriteOnce
        resources:
          requests:
            storage: 10Gi
        storageClassName: fast
      "
    `);
    expect(
      yaml(
        new PersistentVolume(scope, 'archive', {
          size: '1Ti',
          accessModes: ['ReadWriteMany'],
          storageClass: '',
          ...nfs('nfs.example.com', '/archive'),
        }),
      ),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: PersistentVolume
      metadata:
        labels:
          team: shop
        name: archive
      spec:
        accessModes:
          - ReadWriteMany
        capacity:
          storage: 1Ti
        nfs:
          path: /archive
          server: nfs.example.com
        storageClassName: ""
      "
    `);
  });

  test('S16: budgets, scaling, quotas, limits, priorities', () => {
    const scope = chart();
    const api = new Deployment(scope, 'api', { containers: { api: { image: 'api:1' } } });
    expect(yaml(new PodDisruptionBudget(scope, 'api-budget', { protects: api, maxUnavailable: 1 }))).toMatchInlineSnapshot(`
      "
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata:
        labels:
          team: shop
        name: api-budget
        namespace: web
      spec:
        maxUnavailable: 1
        selector:
          matchLabels:
            app: api
      "
    `);
    expect(
      yaml(new HorizontalPodAutoscaler(scope, 'api-scale', { scale: api, minReplicas: 2, maxReplicas: 10, cpu: 70 })),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        labels:
          team: shop
        name: api-scale
        namespace: web
      spec:
        maxReplicas: 10
        metrics:
          - resource:
              name: cpu
              target:
                averageUtilization: 70
                type: Utilization
            type: Resource
        minReplicas: 2
        scaleTargetRef:
          apiVersion: apps/v1
          kind: Deployment
          name: api
      "
    `);
    expect(
      yaml(new ResourceQuota(scope, 'quota', { hard: { 'requests.cpu': '10', pods: 50 }, scopes: ['NotTerminating'] })),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: ResourceQuota
      metadata:
        labels:
          team: shop
        name: quota
        namespace: web
      spec:
        hard:
          pods: 50
          requests.cpu: "10"
        scopes:
          - NotTerminating
      "
    `);
    expect(
      yaml(new LimitRange(scope, 'limits', { limits: [{ type: 'Container', default: { memory: '256Mi' }, max: { cpu: 2 } }] })),
    ).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: LimitRange
      metadata:
        labels:
          team: shop
        name: limits
        namespace: web
      spec:
        limits:
          - default:
              memory: 256Mi
            max:
              cpu: 2
            type: Container
      "
    `);
    expect(yaml(new PriorityClass(scope, 'critical', { value: 1000000, description: 'pays the bills' }))).toMatchInlineSnapshot(`
      "
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata:
        labels:
          team: shop
        name: critical
      description: pays the bills
      value: 1000000
      "
    `);
  });

  test('metadata: another name, annotations, finalizers', () => {
    const { metadata } = new ConfigMap(chart(), 'id', {
      name: 'another',
      namespace: 'other',
      labels: { a: 'b' },
      annotations: { note: 'x' },
      metadata: { finalizers: ['example.com/hold'] },
    }).toJson();
    expect(metadata).toEqual({
      name: 'another',
      namespace: 'other',
      labels: { a: 'b', team: 'shop' },
      annotations: { note: 'x' },
      finalizers: ['example.com/hold'],
    });
  });

  test('nodePool is data of the simulated cluster', () => {
    expect(nodePool('ssd', { count: 3, labels: { disktype: 'ssd' } })).toEqual({
      name: 'ssd',
      count: 3,
      labels: { disktype: 'ssd' },
    });
  });
});
