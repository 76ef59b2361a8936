import { Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ConfigMap,
  claim,
  configMap,
  csi,
  Deployment,
  downwardAPI,
  emptyDir,
  env,
  ephemeral,
  hostPath,
  nfs,
  PersistentVolumeClaim,
  Pod,
  PriorityClass,
  persistentVolumeClaim,
  probe,
  projected,
  Secret,
  ServiceAccount,
  secret,
  serviceAccountToken,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const image = 'nginx';
const chart = () => Testing.chart();

describe('the Pods of the requirements', () => {
  test('S4: a node by its labels', () => {
    const pod = new Pod(chart(), 'node-selector', { nodeSelector: { disktype: 'ssd' }, containers: { nginx: { image } } });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: node-selector
      spec:
        containers:
          - image: nginx
            name: nginx
        nodeSelector:
          disktype: ssd
      "
    `);
  });

  test('S5: command and restart policy', () => {
    const containers = { nginx: { image, command: ['/bin/echo'], args: ['hello'] } };
    const pod = new Pod(chart(), 'cmd', { restartPolicy: 'OnFailure', containers });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: cmd
      spec:
        containers:
          - args:
              - hello
            command:
              - /bin/echo
            image: nginx
            name: nginx
        restartPolicy: OnFailure
      "
    `);
  });

  test('S6, S30: a path of the node', () => {
    const pod = new Pod(chart(), 'volume', {
      volumes: { host: hostPath('/home') },
      containers: { nginx: { image, mounts: { host: '/container-volume' } } },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: volume
      spec:
        containers:
          - image: nginx
            name: nginx
            volumeMounts:
              - mountPath: /container-volume
                name: host
        volumes:
          - hostPath:
              path: /home
            name: host
      "
    `);
  });

  test('S7: limits; the declared growth is not in the YAML', () => {
    const pod = new Pod(chart(), 'limits', {
      containers: {
        hello: {
          image: 'python:3.7',
          command: ['python'],
          args: ['-c', "arr = []\nwhile True: arr.append(' ' * 1000)"],
          resources: { limits: { cpu: '500m', memory: '1Gi' } },
          behaviour: { memory: { growsTo: 'unbounded' } },
        },
      },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: limits
      spec:
        containers:
          - args:
              - -c
              - |-
                arr = []
                while True: arr.append(' ' * 1000)
            command:
              - python
            image: python:3.7
            name: hello
            resources:
              limits:
                cpu: 500m
                memory: 1Gi
      "
    `);
  });

  test('S8: a liveness probe', () => {
    const pod = new Pod(chart(), 'liveness', { containers: { nginx: { image, live: probe.http(80, '/live') } } });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: liveness
      spec:
        containers:
          - image: nginx
            livenessProbe:
              httpGet:
                path: /live
                port: 80
            name: nginx
      "
    `);
  });

  test('S9, S19: two containers', () => {
    const pod = new Pod(chart(), 'second', {
      containers: {
        nginx: { image, ports: { http: 80 } },
        curl: { image: 'curlimages/curl', command: ['/bin/sh'], args: ['-c', 'while true; do sleep 5; curl -s localhost; done'] },
      },
    });
    expect(pod.toJson().spec.containers.map((container: { name: string }) => container.name)).toEqual(['nginx', 'curl']);
  });

  test('S10: init containers, in the order of the author', () => {
    const pod = new Pod(chart(), 'init-container', {
      restartPolicy: 'OnFailure',
      volumes: { downloads: emptyDir() },
      init: {
        git: {
          image: 'alpine/git',
          command: ['git', 'clone', 'https://github.com/moby/moby.git', '/tmp/moby'],
          mounts: { downloads: '/tmp' },
        },
      },
      containers: { busybox: { image: 'busybox', command: ['ls', '/tmp/moby'], mounts: { downloads: '/tmp' } } },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: init-container
      spec:
        containers:
          - command:
              - ls
              - /tmp/moby
            image: busybox
            name: busybox
            volumeMounts:
              - mountPath: /tmp
                name: downloads
        initContainers:
          - command:
              - git
              - clone
              - https://github.com/moby/moby.git
              - /tmp/moby
            image: alpine/git
            name: git
            volumeMounts:
              - mountPath: /tmp
                name: downloads
        restartPolicy: OnFailure
        volumes:
          - emptyDir: {}
            name: downloads
      "
    `);
  });

  test('S29: a volume in memory, shared by two containers', () => {
    const pod = new Pod(chart(), 'shared', {
      volumes: { logs: emptyDir({ medium: 'Memory', sizeLimit: '64Mi' }) },
      containers: {
        nginx: { image, mounts: { logs: '/var/log/nginx' } },
        fluentd: { image: 'fluentd', mounts: { logs: '/logs' } },
      },
    });
    expect(pod.toJson().spec.volumes).toEqual([{ name: 'logs', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }]);
  });

  test('S38: everything in one Pod', () => {
    const pod = new Pod(chart(), 'kube-example', {
      labels: { app: 'kube-example', run: 'nginx' },
      nodeSelector: { gpu: 'true' },
      volumes: { html: hostPath('/data/mysql') },
      containers: {
        web: {
          image: 'nginx',
          imagePullPolicy: 'IfNotPresent',
          ports: { http: 80 },
          env: { PROFILE: 'production', GREETING: 'running as $(PROFILE)' },
          mounts: { html: { path: '/usr/share/nginx/html', readOnly: true } },
        },
        generator: { image: 'busybox', imagePullPolicy: 'Always', mounts: { html: '/out' } },
      },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        labels:
          app: kube-example
          run: nginx
        name: kube-example
      spec:
        containers:
          - env:
              - name: PROFILE
                value: production
              - name: GREETING
                value: running as $(PROFILE)
            image: nginx
            imagePullPolicy: IfNotPresent
            name: web
            ports:
              - containerPort: 80
                name: http
            volumeMounts:
              - mountPath: /usr/share/nginx/html
                name: html
                readOnly: true
          - image: busybox
            imagePullPolicy: Always
            name: generator
            volumeMounts:
              - mountPath: /out
                name: html
        nodeSelector:
          gpu: "true"
        volumes:
          - hostPath:
              path: /data/mysql
            name: html
      "
    `);
  });
});

describe('what a Pod can say', () => {
  test('volumes of every kind', () => {
    const scope = chart();
    const settings = new ConfigMap(scope, 'settings', { data: { LOG_LEVEL: 'info' } });
    const credentials = new Secret(scope, 'credentials', { stringData: { password: 'x' } });
    const uploads = new PersistentVolumeClaim(scope, 'uploads', { size: '1Gi' });
    const pod = new Pod(scope, 'volumes', {
      volumes: {
        settings: configMap(settings, { items: { LOG_LEVEL: 'level.txt' } }),
        credentials: secret(credentials, { defaultMode: 0o400 }),
        all: projected([
          configMap(settings),
          secret(credentials, { items: { password: { path: 'pw', mode: 0o400 } } }),
          downwardAPI({ labels: 'metadata.labels' }),
          serviceAccountToken('token', { expirationSeconds: 3600 }),
        ]),
        pod: downwardAPI({ name: 'metadata.name', cpu: { resourceFieldRef: { containerName: 'web', resource: 'limits.cpu' } } }),
        uploads: persistentVolumeClaim(uploads, { readOnly: true }),
        scratch: ephemeral({ size: '5Gi', storageClass: 'fast' }),
        keys: csi('secrets-store.csi.k8s.io', { readOnly: true, volumeAttributes: { secretProviderClass: 'vault' } }),
        archive: nfs('nfs.example.com', '/archive'),
        plain: { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:disk', lun: 0 } },
      },
      containers: { web: { image, mounts: { all: '/all' } } },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: volumes
      spec:
        containers:
          - image: nginx
            name: web
            volumeMounts:
              - mountPath: /all
                name: all
        volumes:
          - configMap:
              items:
                - key: LOG_LEVEL
                  path: level.txt
              name: settings
            name: settings
          - name: credentials
            secret:
              defaultMode: 256
              secretName: credentials
          - name: all
            projected:
              sources:
                - configMap:
                    name: settings
                - secret:
                    items:
                      - key: password
                        mode: 256
                        path: pw
                    name: credentials
                - downwardAPI:
                    items:
                      - fieldRef:
                          fieldPath: metadata.labels
                        path: labels
                - serviceAccountToken:
                    expirationSeconds: 3600
                    path: token
          - downwardAPI:
              items:
                - fieldRef:
                    fieldPath: metadata.name
                  path: name
                - path: cpu
                  resourceFieldRef:
                    containerName: web
                    resource: limits.cpu
            name: pod
          - name: uploads
            persistentVolumeClaim:
              claimName: uploads
              readOnly: true
          - ephemeral:
              volumeClaimTemplate:
                spec:
                  accessModes:
                    - ReadWriteOnce
                  resources:
                    requests:
                      storage: 5Gi
                  storageClassName: fast
            name: scratch
          - csi:
              driver: secrets-store.csi.k8s.io
              readOnly: true
              volumeAttributes:
                secretProviderClass: vault
            name: keys
          - name: archive
            nfs:
              path: /archive
              server: nfs.example.com
          - iscsi:
              iqn: iqn.2001-04.com.example:disk
              lun: 0
              targetPortal: 10.0.0.1
            name: plain
      "
    `);
  });

  test('variables: values, references, whole ConfigMaps and Secrets', () => {
    const scope = chart();
    const settings = new ConfigMap(scope, 'settings', { data: { LOG_LEVEL: 'info' } });
    const credentials = new Secret(scope, 'credentials', { stringData: { password: 'x' } });
    const pod = new Pod(scope, 'env', {
      containers: {
        web: {
          image,
          env: {
            LEVEL: settings.key('LOG_LEVEL', { optional: true }),
            PASSWORD: credentials.key('password'),
            IP: env.field('status.podIP'),
            TEAM: env.field("metadata.labels['team']"),
            MEMORY: env.resource('limits.memory', { divisor: '1Mi' }),
            TOKEN: env.secret('vendor', 'token'),
            WORKERS: 4,
            DEBUG: false,
            URL: 'http://$(IP):80',
          },
          envFrom: [settings, { from: credentials, prefix: 'SECRET_' }],
        },
      },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: env
      spec:
        containers:
          - env:
              - name: LEVEL
                valueFrom:
                  configMapKeyRef:
                    key: LOG_LEVEL
                    name: settings
                    optional: true
              - name: PASSWORD
                valueFrom:
                  secretKeyRef:
                    key: password
                    name: credentials
              - name: IP
                valueFrom:
                  fieldRef:
                    fieldPath: status.podIP
              - name: TEAM
                valueFrom:
                  fieldRef:
                    fieldPath: metadata.labels['team']
              - name: MEMORY
                valueFrom:
                  resourceFieldRef:
                    divisor: 1Mi
                    resource: limits.memory
              - name: TOKEN
                valueFrom:
                  secretKeyRef:
                    key: token
                    name: vendor
              - name: WORKERS
                value: "4"
              - name: DEBUG
                value: "false"
              - name: URL
                value: http://$(IP):80
            envFrom:
              - configMapRef:
                  name: settings
              - prefix: SECRET_
                secretRef:
                  name: credentials
            image: nginx
            name: web
      "
    `);
  });

  test('sidecars: native ones are init containers that run on, classic ones are main containers', () => {
    const pod = new Pod(chart(), 'sidecars', {
      init: { fetch: { image: 'fetch' } },
      containers: { web: { image } },
      sidecars: { logs: { image: 'logs' }, mesh: { image: 'mesh', classic: true } },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: sidecars
      spec:
        containers:
          - image: nginx
            name: web
          - image: mesh
            name: mesh
        initContainers:
          - image: logs
            name: logs
            restartPolicy: Always
          - image: fetch
            name: fetch
      "
    `);
  });

  test('where it runs, in short', () => {
    const scope = chart();
    const cache = new Deployment(scope, 'cache', { containers: { redis: { image: 'redis' } } });
    const web = new Deployment(scope, 'web', {
      containers: { web: { image } },
      schedule: {
        nodeSelector: { disktype: 'ssd' },
        tolerate: [
          'dedicated=web:NoSchedule',
          'spot',
          'maintenance:NoExecute',
          { key: 'slow', operator: 'Exists', tolerationSeconds: 30 },
        ],
        spreadOver: ['zone', { over: 'node', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway' }],
        onePer: 'node',
        near: [{ pods: cache, over: 'zone', weight: 50 }],
        apartFrom: [{ labels: { app: 'noisy' }, namespace: 'batch' }],
      },
    });
    const { tolerations, topologySpreadConstraints, affinity, nodeSelector } = web.toJson().spec.template.spec;
    expect({ nodeSelector, tolerations, topologySpreadConstraints, affinity }).toMatchInlineSnapshot(`
      {
        "affinity": {
          "podAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
              {
                "podAffinityTerm": {
                  "labelSelector": {
                    "matchLabels": {
                      "app": "cache",
                    },
                  },
                  "topologyKey": "topology.kubernetes.io/zone",
                },
                "weight": 50,
              },
            ],
          },
          "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
              {
                "labelSelector": {
                  "matchLabels": {
                    "app": "web",
                  },
                },
                "topologyKey": "kubernetes.io/hostname",
              },
              {
                "labelSelector": {
                  "matchLabels": {
                    "app": "noisy",
                  },
                },
                "namespaces": [
                  "batch",
                ],
                "topologyKey": "kubernetes.io/hostname",
              },
            ],
          },
        },
        "nodeSelector": {
          "disktype": "ssd",
        },
        "tolerations": [
          {
            "effect": "NoSchedule",
            "key": "dedicated",
            "operator": "Equal",
            "value": "web",
          },
          {
            "key": "spot",
            "operator": "Exists",
          },
          {
            "effect": "NoExecute",
            "key": "maintenance",
            "operator": "Exists",
          },
          {
            "key": "slow",
            "operator": "Exists",
            "tolerationSeconds": 30,
          },
        ],
        "topologySpreadConstraints": [
          {
            "labelSelector": {
              "matchLabels": {
                "app": "web",
              },
            },
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
          },
          {
            "labelSelector": {
              "matchLabels": {
                "app": "web",
              },
            },
            "maxSkew": 2,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
          },
        ],
      }
    `);
  });

  test('the plain fields of the spec, by their own names', () => {
    const scope = chart();
    const pod = new Pod(scope, 'plain', {
      serviceAccount: new ServiceAccount(scope, 'agent'),
      priorityClass: new PriorityClass(scope, 'critical', { value: 1000 }),
      runtimeClass: 'gvisor',
      imagePullSecrets: ['registry'],
      schedulingGates: ['example.com/quota'],
      hostNetwork: true,
      dnsPolicy: 'ClusterFirstWithHostNet',
      dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      terminationGracePeriodSeconds: 60,
      securityContext: { runAsNonRoot: true, fsGroup: 1000 },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }],
          },
        },
      },
      containers: {
        web: {
          image,
          ports: { http: { port: 80, hostPort: 8080 }, dns: { port: 53, protocol: 'UDP' } },
          securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          ready: probe.grpc(9000, { service: 'ready', failureThreshold: 3 }),
          started: probe.tcp('http', { periodSeconds: 2, failureThreshold: 30 }),
          plain: { tty: true, resources: { limits: { 'nvidia.com/gpu': 1 } } },
        },
      },
      plain: { hostUsers: false },
    });
    expect(yaml(pod)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Pod
      metadata:
        name: plain
      spec:
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
                - matchExpressions:
                    - key: gpu
                      operator: Exists
        containers:
          - image: nginx
            lifecycle:
              preStop:
                sleep:
                  seconds: 5
            name: web
            ports:
              - containerPort: 80
                hostPort: 8080
                name: http
              - containerPort: 53
                name: dns
                protocol: UDP
            readinessProbe:
              failureThreshold: 3
              grpc:
                port: 9000
                service: ready
            resources:
              limits:
                nvidia.com/gpu: 1
            securityContext:
              capabilities:
                drop:
                  - ALL
              readOnlyRootFilesystem: true
            startupProbe:
              failureThreshold: 30
              periodSeconds: 2
              tcpSocket:
                port: http
            tty: true
        dnsConfig:
          options:
            - name: ndots
              value: "2"
        dnsPolicy: ClusterFirstWithHostNet
        hostNetwork: true
        hostUsers: false
        imagePullSecrets:
          - name: registry
        priorityClassName: critical
        runtimeClassName: gvisor
        schedulingGates:
          - name: example.com/quota
        securityContext:
          fsGroup: 1000
          runAsNonRoot: true
        serviceAccountName: agent
        terminationGracePeriodSeconds: 60
      "
    `);
  });

  test('a Pod gets a label only when something selects it', () => {
    const pod = new Pod(chart(), 'cmd', { containers: { a: { image } } });
    expect(pod.toJson().metadata).toEqual({ name: 'cmd' });
    expect(pod.podLabels()).toEqual({ app: 'cmd' });
    expect(pod.toJson().metadata).toEqual({ name: 'cmd', labels: { app: 'cmd' } });
    const labelled = new Pod(chart(), 'cmd', { labels: { run: 'mynginx' }, containers: { a: { image } } });
    expect(labelled.podLabels()).toEqual({ run: 'mynginx' });
  });

  test('wrong use names the construct and what to write', () => {
    expect(() => new Pod(chart(), 'empty', { containers: {} })).toThrow(
      'test/empty: a Pod has at least one container; write containers: { <name>: { image } }',
    );
    const volumes: Record<string, object> = { data: claim({ size: '1Gi' }) };
    expect(() => new Pod(chart(), 'web', { volumes, containers: { web: { image } } })).toThrow('write ephemeral()');
    expect(
      () => new Pod(chart(), 'web', { containers: { web: { image, envFrom: [new ServiceAccount(chart(), 'sa')] } } }),
    ).toThrow('envFrom takes ConfigMaps and Secrets, and test/sa is a ServiceAccount');
  });
});
