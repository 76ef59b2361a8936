import { App as Cdk8sApp, type AppProps as Cdk8sAppProps, YamlOutputType } from 'cdk8s';
import type { ClusterConfig } from '../cluster/config.js';
import type { Layout } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import { profilesOf } from '../scheduler/configuration/index.js';
import { type Verification, type VerifyInput, verify } from '../verify/verify.js';
import { declarationsOf } from './declarations.js';
import { PlimsollError } from './error.js';
import { currentHost } from './host.js';
import { collect } from './synth.js';

export interface AppProps extends Cdk8sAppProps {
  /** The cluster that the manifests are tried in. Default: three workers with 4 CPU, 16Gi, 110 Pods, and a control plane node. */
  readonly cluster?: ClusterConfig;
  /** Folder below the output directory, so that several Apps (one an environment, say) share one output. */
  readonly folder?: string;
}

const layouts: Readonly<Record<YamlOutputType, Layout>> = {
  [YamlOutputType.FILE_PER_APP]: 'app',
  [YamlOutputType.FILE_PER_CHART]: 'chart',
  [YamlOutputType.FILE_PER_RESOURCE]: 'resource',
  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]: 'resource',
};

/**
 * The root of a cluster written as code: a cdk8s App that tries its manifests in a simulated cluster before it writes them.
 *
 * @example
 * const app = new App({ cluster: { nodes: [nodePool('general', { count: 3 })] } });
 * new Deployment(new Chart(app, 'web'), 'api', { containers: { api: { image: 'shop/api:1' } } });
 * await app.synth();
 */
export class App extends Cdk8sApp {
  /** The simulated cluster, as declared. */
  readonly cluster: ClusterConfig;
  readonly folder: string | undefined;

  constructor(props: AppProps = {}) {
    super(props);
    this.folder = props.folder;
    this.cluster = { world: 'closed', ...props.cluster };
    const { scheduler } = this.cluster;
    const verdict = scheduler && profilesOf(scheduler);
    if (verdict?.ok === false) throw new PlimsollError(this, `cluster.scheduler: ${verdict.message}`);
  }

  /** The objects of the tree with their origin, as they would be written. */
  manifests(): readonly Manifest[] {
    return collect(this);
  }

  /** Runs the manifests in the simulated cluster and judges them; writes nothing. */
  dryRun(options: { readonly strict?: boolean } = {}): Verification {
    return verify({
      manifests: this.manifests(),
      cluster: this.cluster,
      ...declarationsOf(this),
      strict: options.strict ?? false,
    });
  }

  /**
   * Runs the manifests in the simulated cluster, reports, and writes them if (and only if) the cluster accepts them. A refusal does not throw:
   * it is in the result, and makes the process exit with code 1.
   */
  override async synth(): Promise<Verification> {
    const host = currentHost();
    host?.step('collecting objects');
    const input: VerifyInput = {
      manifests: this.manifests(),
      cluster: host?.scheduler === undefined ? this.cluster : { ...this.cluster, scheduler: host.scheduler },
      ...declarationsOf(this),
      strict: host?.strict ?? false,
      against: host?.against?.(this.folder),
      progress: (text) => host?.step(text),
    };
    const verification = verify(input);
    const { outdir, folder, outputFileExtension: fileExtension } = this;
    host?.deliver({ outdir, folder, layout: layouts[this.yamlOutputType], fileExtension, input, verification });
    return verification;
  }
}
