import { describe, expect, test } from 'vitest';
import type { Pod, PodSpec } from '../../lib/api/generated/types.js';
import { volumeData } from '../../lib/kubelet/index.js';
import type { VolumeSource } from '../../lib/kubelet/volumes.js';
import { mountProblems } from '../../lib/kubelet/volumes.js';

const pod = (name: string, spec: Partial<PodSpec>): Pod => ({
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  spec: { nodeName: 'k8s-w1', containers: [], ...spec },
});

const dataOf = (of: Pod): readonly string[] => volumeData(of).map(({ data }) => data);

describe('which Pods see the same data', () => {
  test('S29: an emptyDir is shared by the containers of one Pod and goes with it', () => {
    const spec = {
      volumes: [{ name: 'logs', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }],
      containers: [
        { name: 'nginx', volumeMounts: [{ name: 'logs', mountPath: '/var/log/nginx' }] },
        { name: 'fluentd', volumeMounts: [{ name: 'logs', mountPath: '/in', readOnly: true }] },
      ],
    };
    expect(volumeData(pod('a', spec))).toEqual([
      {
        volume: 'logs',
        kind: 'emptyDir',
        data: 'emptyDir:uid-a/logs',
        outlivesPod: false,
        inMemory: true,
        sizeLimit: '64Mi',
        mounts: [
          { container: 'nginx', mountPath: '/var/log/nginx', readOnly: false, subPath: undefined },
          { container: 'fluentd', mountPath: '/in', readOnly: true, subPath: undefined },
        ],
      },
    ]);
    expect(dataOf(pod('a', spec))).not.toEqual(dataOf(pod('b', spec)));
  });

  test('S30: a hostPath is shared by the Pods of one node, outlives them, and is not on another node', () => {
    const volumes = [{ name: 'data', hostPath: { path: '/data/mysql' } }];
    const here = pod('a', { volumes });
    expect(dataOf(here)).toEqual(dataOf(pod('b', { volumes: [{ name: 'other', hostPath: { path: '/data//mysql/' } }] })));
    expect(dataOf(here)).not.toEqual(dataOf(pod('c', { volumes, nodeName: 'k8s-w2' })));
    expect(volumeData(here)[0]?.outlivesPod).toBe(true);
  });

  test('S38: one volume is mounted in two containers at different paths, once read-only', () => {
    const containers = [
      { name: 'web', volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html', readOnly: true }] },
      { name: 'writer', volumeMounts: [{ name: 'html', mountPath: '/out' }] },
    ];
    const volumes = [
      { name: 'html', emptyDir: {} },
      { name: 'mysql', hostPath: { path: '/data/mysql' } },
    ];
    const [html, mysql] = volumeData(pod('kube-example', { volumes, containers }));
    expect(html?.mounts.map(({ container, mountPath, readOnly }) => [container, mountPath, readOnly])).toEqual([
      ['web', '/usr/share/nginx/html', true],
      ['writer', '/out', false],
    ]);
    expect(mysql?.mounts).toEqual([]);
  });

  test('a claim is shared by all Pods of its namespace that mount it', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }];
    expect(dataOf(pod('a', { volumes }))).toEqual(dataOf(pod('b', { volumes, nodeName: 'k8s-w3' })));
  });
});

describe('what cannot be mounted', () => {
  const source: VolumeSource = {
    configMap: (name) => (name === 'settings' ? { found: { data: { a: '1' } } } : { missing: `configmap "${name}" not found` }),
    secret: (name) => ({ missing: `secret "${name}" not found` }),
    claim: (name) => (name === 'bound' ? { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound' } } : undefined),
  };
  const problems = (...volumes: NonNullable<PodSpec['volumes']>) => mountProblems(pod('a', { volumes }), source);

  test('missing objects and keys', () => {
    expect(problems({ name: 'c', configMap: { name: 'absent' } })).toEqual([
      'MountVolume.SetUp failed for volume "c" : configmap "absent" not found',
    ]);
    expect(problems({ name: 'c', configMap: { name: 'settings', items: [{ key: 'b', path: 'b' }] } })).toEqual([
      'MountVolume.SetUp failed for volume "c" : configmap references non-existent config key: b',
    ]);
    expect(problems({ name: 's', secret: { secretName: 'creds' } })).toEqual([
      'MountVolume.SetUp failed for volume "s" : secret "creds" not found',
    ]);
  });

  test('optional references and other volumes never hold a Pod back', () => {
    expect(
      problems(
        { name: 'c', configMap: { name: 'absent', optional: true } },
        { name: 's', secret: { secretName: 'creds', optional: true } },
        { name: 'e', emptyDir: {} },
        { name: 'h', hostPath: { path: '/home', type: 'Directory' } },
        { name: 'd', persistentVolumeClaim: { claimName: 'bound' } },
      ),
    ).toEqual([]);
  });

  test('a projected volume names all that it lacks', () => {
    const sources = [{ configMap: { name: 'absent' } }, { secret: { name: 'creds' } }];
    expect(problems({ name: 'all', projected: { sources } })).toEqual([
      'MountVolume.SetUp failed for volume "all" : [configmap "absent" not found, secret "creds" not found]',
    ]);
  });

  test('a claim that is not bound', () => {
    expect(problems({ name: 'data', persistentVolumeClaim: { claimName: 'db' } })).toEqual([
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: ' +
        'error processing PVC default/db: failed to fetch PVC from API server: persistentvolumeclaims "db" not found',
    ]);
  });
});
