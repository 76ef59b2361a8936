export type Protocol = 'TCP' | 'UDP' | 'SCTP';

const known: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** The protocol of a port; TCP is the default everywhere in Kubernetes. */
export const protocolOf = (protocol: string | undefined): Protocol => known.find((each) => each === protocol) ?? 'TCP';
