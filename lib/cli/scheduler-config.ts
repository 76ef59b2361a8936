import { readFileSync } from 'node:fs';
import { readPlainYaml } from '../manifest/plain-yaml.js';
import type { KubeSchedulerConfiguration } from '../scheduler/configuration/configuration.js';
import { InputError } from './command.js';

/** The file as YAML, of which JSON is a part. The parser for all of YAML takes a tenth of a second to load, and is seldom needed. */
const parse = async (content: string): Promise<unknown> => {
  const plain = readPlainYaml(content, 0, content.length);
  return plain === undefined ? (await import('yaml')).parse(content) : plain.value;
};

/**
 * The KubeSchedulerConfiguration of `--scheduler-config FILE`.
 *
 * @throws InputError for a file that kube-scheduler would not read or accept.
 */
export const schedulerConfigurationOf = async (file: string | undefined): Promise<KubeSchedulerConfiguration | undefined> => {
  if (file === undefined) return undefined;
  let document: unknown;
  try {
    document = await parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(
      `--scheduler-config ${file}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
  }
  const { profilesOf } = await import('../scheduler/configuration/index.js');
  const verdict = profilesOf(document);
  if (!verdict.ok) {
    const faults = verdict.causes.map(({ message }) => `\n  ${message}`).join('');
    throw new InputError(`--scheduler-config ${file} is not what kube-scheduler would accept:${faults}`);
  }
  for (const warning of verdict.warnings) process.stderr.write(`plimsoll: ${file}: ${warning}\n`);
  return document as KubeSchedulerConfiguration;
};
