import type { ObjectRef } from '../api/object.js';
import type { Provenance } from '../manifest/manifest.js';

/** The far end of a connection: a Service or workload with a port, or a host outside. */
export type Destination =
  | {
      readonly kind: 'object';
      readonly object: ObjectRef;
      readonly port?: number | string | undefined;
      readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | undefined;
    }
  | {
      readonly kind: 'host';
      readonly host: string;
      readonly port: number;
      readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | undefined;
    };

/** What the author wants to be true; verified at every synth. */
export type Intent = { readonly provenance: Provenance } & (
  | { readonly kind: 'reaches' | 'mustNotReach'; readonly from: ObjectRef; readonly to: Destination }
  /** Every Pod of the workload runs on nodes with these labels. */
  | { readonly kind: 'runsOn'; readonly workload: ObjectRef; readonly labels: Readonly<Record<string, string>> }
);

/** A call that a container makes, declared by the author; verified like `reaches`, reported at the container. */
export interface Call {
  readonly from: ObjectRef;
  readonly container: string;
  readonly to: Destination;
  readonly provenance: Provenance;
}
