import type { Layout } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import type { KubeSchedulerConfiguration } from '../scheduler/configuration/configuration.js';
import type { Verification, VerifyInput } from '../verify/verify.js';

/** One synthesized and judged App, ready to be reported and (if accepted) written. */
export interface Delivery {
  /** Output directory, relative to the working directory. */
  readonly outdir: string;
  /** Folder of the App in it. */
  readonly folder?: string | undefined;
  readonly layout: Layout;
  readonly fileExtension: string;
  /** What was verified. */
  readonly input: VerifyInput;
  readonly verification: Verification;
}

/**
 * Who reports and writes what `App.synth()` made: the process itself when a program is run directly (`tsx main.ts`, `cdk8s synth`), the CLI when
 * that imports the program. Kept in one place of the process, so that the CLI and the program find the same one even if they were installed twice.
 */
export interface SynthHost {
  /** What the command line says about all Apps of the program. */
  readonly strict?: boolean | undefined;
  /** What runs now of the App with this folder, if the command line says so. */
  against?(folder: string | undefined): readonly Manifest[] | undefined;
  /** The scheduler's configuration that the command line names, in place of what the Apps say. */
  readonly scheduler?: KubeSchedulerConfiguration | undefined;
  /** Says what is being done, for runs that take long. */
  step(text: string): void;
  deliver(delivery: Delivery): void;
}

const place = Symbol.for('plimsoll.host');
const shared = globalThis as { [place]?: SynthHost };

/** The last one set wins; `fallback` only takes an empty place. */
export const setHost = (host: SynthHost, options: { readonly fallback?: boolean } = {}): void => {
  if (options.fallback === true && shared[place] !== undefined) return;
  shared[place] = host;
};

export const currentHost = (): SynthHost | undefined => shared[place];
