import type { NetworkPolicyPeer, Pod } from '../api/generated/types.js';

type Labels = Readonly<Record<string, string>>;

/** The labels of a Pod that its author gave it, without those that controllers add. */
export const ownLabels = ({ metadata }: Pod): Labels => {
  const {
    'pod-template-hash': _hash,
    'controller-revision-hash': _revision,
    'statefulset.kubernetes.io/pod-name': _pod,
    'apps.kubernetes.io/pod-index': _index,
    'batch.kubernetes.io/controller-uid': _controller,
    'controller-uid': _uid,
    ...own
  } = metadata?.labels ?? {};
  return own;
};

/** Pods of a namespace with these labels, as a policy of the namespace `home` selects them. */
export const peerOf = (labels: Labels, namespace: string | undefined, home: string | undefined): NetworkPolicyPeer => ({
  ...(namespace === undefined || namespace === home
    ? {}
    : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
  podSelector: { matchLabels: labels },
});

/** Egress to the cluster DNS, as a rule of a policy. */
export const dnsRule = {
  to: [peerOf({ 'k8s-app': 'kube-dns' }, 'kube-system', undefined)],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};
