import { jsonExplainReport } from '../report/explain/json.js';
import { explainText } from '../report/explain/text.js';
import { type Invocation, UsageError } from './command.js';
import { look, progress } from './print.js';
import { waitingWorkloads, workloadNamed } from './workload-name.js';
import { worldsOf } from './worlds.js';

/** `plimsoll explain [POD|WORKLOAD]`. */
export const explain = async ({ positionals, options }: Invocation): Promise<number> => {
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('explain takes one Pod or workload');
  const file = options.file as string | undefined;
  const worlds = await worldsOf(file === undefined ? [] : [file], {
    cluster: options.cluster as string | undefined,
    app: options.app as string | undefined,
  });
  const named =
    name === undefined
      ? undefined
      : workloadNamed(
          worlds.map(({ cluster }) => cluster),
          name,
        );
  const asOf = options.now === true ? 'now' : undefined;
  const line = progress();
  const apps = worlds.flatMap(({ title, cluster }, index) => {
    const ref = named?.[index];
    const refs = named === undefined ? waitingWorkloads(cluster) : ref === undefined ? [] : [ref];
    line.step(`asking the scheduler about ${refs.length === 1 ? 'it' : `${refs.length} workloads`} again`);
    const explanations = refs
      .flatMap((one) => cluster.explain(one, { asOf }))
      // Without a name only what waits is asked about.
      .filter(({ node }) => named !== undefined || node === undefined);
    return named !== undefined && ref === undefined ? [] : [{ title, explanations }];
  });
  line.clear();
  if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify(jsonExplainReport(apps), null, 2)}\n`);
    return 0;
  }
  for (const { title, explanations } of apps) {
    const text = explainText(explanations, { ...look(process.stdout), title: apps.length > 1 ? title : undefined });
    const none = name === undefined ? 'every Pod has a node' : `${name} has no Pods`;
    process.stdout.write(explanations.length > 0 ? text : `${apps.length > 1 ? `${title ?? ''}\n  ` : ''}${none}\n`);
  }
  return 0;
};
