import type { KubeObject } from '../../../lib/api/object.js';

/** What containers of an image do under the simulated kubelet of the recording. */
export interface Outcome {
  readonly image: string;
  readonly outcome?: 'ready' | 'never-ready' | 'image-pull-error' | 'exit';
  readonly afterSeconds?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly maxRestarts?: number;
  readonly readyAfterSeconds?: number;
  readonly terminationSeconds?: number;
  readonly byIndex?: Readonly<Record<string, Outcome>>;
  readonly sequence?: readonly Outcome[];
}

export interface NodeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly unschedulable?: boolean;
}

export interface Action {
  readonly do: string;
  readonly objects?: readonly KubeObject[];
  readonly kind?: string;
  readonly name?: string;
  readonly patch?: Readonly<Record<string, unknown>>;
  readonly patchType?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly replicas?: number;
  readonly pod?: string;
  readonly podOf?: string;
  readonly onNode?: string;
  readonly gracePeriodSeconds?: number;
  readonly node?: string;
  readonly nodes?: readonly string[];
  readonly nodeSpec?: NodeSpec;
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly key?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly remove?: boolean;
  readonly outcome?: Outcome;
  readonly toRevision?: number;
  readonly seconds?: number;
  readonly observe?: boolean;
}

export type Snapshot = Readonly<Record<string, unknown>>;

export interface Scenario {
  readonly name: string;
  readonly kubelet?: 'lockstep';
  readonly nodes: readonly NodeSpec[];
  readonly outcomes?: readonly Outcome[];
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly setup: readonly KubeObject[];
  readonly actions: readonly Action[];
  readonly expected: readonly Snapshot[];
}
