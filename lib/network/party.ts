import type { Pod } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import type { Address } from './address.js';
import { type End, type PodEnd, podEnd } from './policy/end.js';
import type { Wiring } from './wiring.js';

/** One end of a connection: how policies may see it, and how people name it. */
export interface Party {
  readonly text: string;
  readonly pod?: Admitted<Pod> | undefined;
  /** More than one where it cannot be told as what the other side's policies see it. */
  readonly ends: readonly End[];
  /** Why there are several: `its address is not known`. */
  readonly doubt?: string | undefined;
}

/** A Pod. On the node's network it may be seen as the node: Kubernetes leaves that to the network plugin. */
export const podParty = ({ labelsOf }: Wiring, pod: Admitted<Pod>, address: Address | undefined): Party => {
  const text = refText(refOf(pod));
  const end: End = { address, pod: podEnd(pod, labelsOf) };
  if (pod.spec?.hostNetwork !== true) return { text, pod, ends: [end] };
  return { text, pod, ends: [{ address }, end], doubt: `${text} uses the network of its node` };
};

/** Someone whose address is not known here, so that an ipBlock may hold it or not. */
export const unknownAddress = (pod?: PodEnd): Pick<Party, 'ends' | 'doubt'> => ({
  ends: [{ pod }, { pod, anyAddress: true }],
  doubt: 'its address is not known here',
});

/** A program in the cluster, or outside, of which nothing is known: selectors of namespaces may take it, and ipBlocks may hold it. */
export const unknownProgram = (): Pick<Party, 'ends' | 'doubt'> => ({
  ends: [{}, { anyAddress: true }, { anyNamespace: true }],
  doubt: 'who and where it is is not known here',
});
