import type { KubeObject, ObjectRef } from '../api/object.js';

/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where an object comes from. `source` may be a getter: positions are looked up only when a finding needs them. */
export interface Provenance {
  /** Path of the construct in the tree (`web/api`), absent for objects read from files. */
  readonly constructPath?: string | undefined;
  readonly source?: SourceLocation | undefined;
  /** Place of one field (`spec.containers[0].image`), where the reader knows it (files; not constructs). */
  readonly fieldSource?: ((path: string) => SourceLocation | undefined) | undefined;
}

/** One object with its origin: what constructs and files both become, and the only thing a Cluster takes. */
export interface Manifest {
  readonly object: KubeObject;
  readonly provenance: Provenance;
  /** The unit (chart) it is written with. */
  readonly chart?: string | undefined;
  /** Objects that must be applied before this one, beyond what their kinds imply. */
  readonly dependsOn?: readonly ObjectRef[] | undefined;
}
