import type { Node, Pod, PodSpec, Taint } from '../lib/api/generated/types.js';
import type { Admitted } from '../lib/api/object.js';

export const zone = 'topology.kubernetes.io/zone';
export const hostname = 'kubernetes.io/hostname';

export const padded = (i: number): string => String(i).padStart(5, '0');

/** A node of 32 CPU and 128Gi unless `allocatable` says otherwise, in one of three zones, with ssd or hdd by parity. */
export const nodeOf = (
  i: number,
  labels: Readonly<Record<string, string>> = {},
  taints: readonly Taint[] = [],
  allocatable: Readonly<Record<string, string>> = {},
): Admitted<Node> => {
  const name = `node-${padded(i)}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      labels: {
        [hostname]: name,
        [zone]: `zone-${i % 3}`,
        disktype: i % 2 === 0 ? 'ssd' : 'hdd',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...labels,
      },
    },
    ...(taints.length > 0 && { spec: { taints } }),
    status: { allocatable: { cpu: '32', memory: '128Gi', pods: '250', 'ephemeral-storage': '100Gi', ...allocatable } },
  };
};

export const podOf = (name: string, labels: Readonly<Record<string, string>>, spec: PodSpec): Admitted<Pod> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels },
  spec,
});

/** A container that asks for this. */
export const requesting = (cpu: string, memory: string): PodSpec => ({
  priority: 0,
  containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu, memory } } }],
});

export const boundTo = (pod: Admitted<Pod>, node: string | undefined): Admitted<Pod> => ({
  ...pod,
  spec: { ...(pod.spec ?? { containers: [] }), nodeName: node },
});

/** MB that the process has taken at most. */
export const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1000;
