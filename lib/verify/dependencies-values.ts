import type { ConfigMap, Container, EnvVar, Pod, Secret, Volume } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';
import { secretData } from '../kubelet/environment.js';
import { expand } from '../kubelet/expansion.js';
import { maySpeak, type Named } from './dependencies-text.js';
import { podTemplateOf } from './template.js';

/** Where a text was read. */
export interface Place {
  readonly object: ObjectRef;
  /** Field of the object: `spec.template.spec.containers[0].env[2].value`, `data[app.yaml]`. */
  readonly field: string;
  /** For people: `env DATABASE_URL`, `args[1]`, `ConfigMap shop/settings key app.yaml`. Never the text itself. */
  readonly text: string;
}

/** A text that a container is given. */
export interface Value extends Named {
  readonly place: Place;
  /** It comes from a Secret: nothing of it may be shown. */
  readonly secret: boolean;
}

/** What one container is given. */
export interface ContainerValues {
  readonly container: string;
  readonly values: readonly Value[];
}

/** A Pod, and the object that it is written in. */
export interface Written {
  readonly pod: Admitted<Pod>;
  readonly root: Admitted;
}

type Data = Readonly<Record<string, string>>;

const lists = ['initContainers', 'containers'] as const;

const secretNames = /passw|secret|token|credential|private|api_?key|access_?key/i;

const own = (data: Data, key: string): string | undefined => (Object.hasOwn(data, key) ? data[key] : undefined);

/** A ConfigMap or Secret. */
interface Source {
  readonly object: ObjectRef;
  readonly secret: boolean;
  readonly data: Data;
  /** Whether a file of it may speak of addresses, once somebody has looked. */
  speaks: boolean | undefined;
}

/** The ConfigMaps and Secrets of a cluster, each read once: the Pods of a namespace share some of them. */
export class Sources {
  readonly #cluster: Cluster;
  readonly #known = {
    ConfigMap: new Map<string, Map<string, Source | undefined>>(),
    Secret: new Map<string, Map<string, Source | undefined>>(),
  };

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  of(kind: 'ConfigMap' | 'Secret', namespace: string, name: string | undefined): Source | undefined {
    if (name === undefined) return undefined;
    let names = this.#known[kind].get(namespace);
    if (names === undefined) {
      names = new Map();
      this.#known[kind].set(namespace, names);
    }
    const known = names.get(name);
    if (known !== undefined || names.has(name)) return known;
    const source = this.#read({ apiVersion: 'v1', kind, namespace, name });
    names.set(name, source);
    return source;
  }

  #read(object: ObjectRef): Source | undefined {
    const found = this.#cluster.get(object);
    if (object.kind === 'Secret') return found && { object, secret: true, data: secretData(found as Secret), speaks: undefined };
    const data = (found as ConfigMap | undefined)?.data;
    return data && { object, secret: false, data, speaks: undefined };
  }
}

/** A text, and how to say where it was read: that is rarely asked. */
interface Text {
  readonly name: string;
  readonly text: string;
  /** What it comes from; none where it stands in the Pod itself. */
  readonly source: Source | undefined;
  /** Key of the source, or field below the Pod's spec. */
  readonly at: string;
  /** For people: `env DATABASE_URL`, `args[1]`; nothing for a file. */
  readonly as: string;
}

const isShown = ({ source }: Text): boolean => source?.secret !== true;

const placeOf = ({ root }: Written, { source, at, as }: Text): Place => {
  if (source === undefined) return { object: refOf(root), field: `${podTemplateOf(root)?.path ?? 'spec'}.${at}`, text: as };
  const { kind, namespace, name } = source.object;
  const text = `${as === '' ? '' : `${as} from `}${kind} ${namespace}/${name} key ${at}`;
  return { object: source.object, field: `data[${at}]`, text };
};

type Variables = ReadonlyMap<string, Text>;

const noVariables: Variables = new Map();

/** What `$(NAME)` stands for: nothing of a Secret. */
const shownIn =
  (variables: Variables) =>
  (name: string): string | undefined => {
    const variable = variables.get(name);
    return variable !== undefined && isShown(variable) ? variable.text : undefined;
  };

/** Variables, later ones over earlier ones; `$(NAME)` stands for a variable before it, unless that one is of a Secret. */
const variablesOf = ({ pod }: Written, { env = [], envFrom = [] }: Container, at: string, sources: Sources): Variables => {
  if (env.length === 0 && envFrom.length === 0) return noVariables;
  const { namespace = '' } = pod.metadata;
  const variables = new Map<string, Text>();
  const add = (name: string, key: string, source: Source): void => {
    const text = own(source.data, key);
    if (text !== undefined) variables.set(name, { name, text, source, at: key, as: `env ${name}` });
  };
  for (const { configMapRef, secretRef, prefix = '' } of envFrom) {
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const source = sources.of(kind, namespace, (configMapRef ?? secretRef)?.name);
    if (source === undefined) continue;
    for (const key of Object.keys(source.data)) add(`${prefix}${key}`, key, source);
  }
  const known = shownIn(variables);
  for (let index = 0; index < env.length; index++) {
    const { name = '', value = '', valueFrom } = env[index] ?? {};
    variables.delete(name);
    const configMapKeyRef = valueFrom?.configMapKeyRef;
    const ref = configMapKeyRef ?? valueFrom?.secretKeyRef;
    if (ref !== undefined) {
      const source = sources.of(configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', namespace, ref.name);
      if (source !== undefined) add(name, ref.key, source);
    } else if (value !== '') {
      const field = `${at}.env[${index}].value`;
      variables.set(name, { name, text: expand(value, known), source: undefined, at: field, as: `env ${name}` });
    }
  }
  return variables;
};

/** Words of command and args: `--flag=value`, `--flag value`, and others. The first word is the program. */
const wordsOf = ({ command = [], args = [] }: Container, at: string, variables: Variables): readonly Text[] => {
  const words = [
    ...command.map((text, index) => ({ text, as: `command[${index}]` })).slice(1),
    ...args.map((text, index) => ({ text, as: `args[${index}]` })),
  ];
  const lookup = shownIn(variables);
  return words.map(({ text: word, as }, position) => {
    const [, flag, value] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? [];
    const before = words[position - 1]?.text ?? '';
    const name = flag ?? (/^--?[\w.-]+$/.test(before) ? before.replace(/^--?/, '') : '');
    return { name, text: expand(value ?? word, lookup), source: undefined, at: `${at}.${as}`, as };
  });
};

/** A volume, or one of the sources that a projected volume is made of. */
interface Keyed {
  readonly configMap?: Volume['configMap'];
  readonly secret?: {
    readonly name?: string;
    readonly secretName?: string;
    readonly items?: readonly { readonly key: string }[];
  };
}

/** The keys of ConfigMaps and Secrets that a volume shows. */
const filesOf = (volume: Volume, namespace: string, sources: Sources): readonly Text[] => {
  const files: Text[] = [];
  const add = ({ configMap, secret }: Keyed): void => {
    if (configMap === undefined && secret === undefined) return;
    const source =
      configMap === undefined
        ? sources.of('Secret', namespace, secret?.secretName ?? secret?.name)
        : sources.of('ConfigMap', namespace, configMap.name);
    if (source === undefined) return;
    const items = configMap?.items ?? secret?.items;
    for (const key of items?.map((item) => item.key) ?? Object.keys(source.data)) {
      const text = own(source.data, key);
      if (text !== undefined) files.push({ name: key, text, source, at: key, as: '' });
    }
  };
  add(volume as Keyed);
  for (const each of volume.projected?.sources ?? []) add(each as Keyed);
  return files;
};
const besideIn =
  (group: readonly Text[] | Variables) =>
  (other: string): string | undefined => {
    for (const { name, text } of group.values()) if (name === other) return text;
    return undefined;
  };

const addValues = (written: Written, group: readonly Text[] | Variables, into: Value[]): void => {
  for (const each of group.values()) {
    const { name, text } = each;
    if (!maySpeak(name, text) || secretNames.test(name)) continue;
    into.push({ name, text, beside: besideIn(group), place: placeOf(written, each), secret: !isShown(each) });
  }
};

const filesSpeak = (source: Source): boolean => {
  source.speaks ??= Object.keys(source.data).some((key) => maySpeak(key, source.data[key] ?? ''));
  return source.speaks;
};

const keyedSpeaks = ({ configMap, secret }: Keyed, namespace: string, sources: Sources): boolean => {
  const source =
    configMap === undefined
      ? sources.of('Secret', namespace, secret?.secretName ?? secret?.name)
      : sources.of('ConfigMap', namespace, configMap.name);
  return source !== undefined && filesSpeak(source);
};

const variableSpeaks = ({ name, value, valueFrom }: EnvVar, namespace: string, sources: Sources): boolean => {
  const configMapKeyRef = valueFrom?.configMapKeyRef;
  const ref = configMapKeyRef ?? valueFrom?.secretKeyRef;
  // What `$(NAME)` stands for may speak.
  if (ref === undefined) return value !== undefined && value !== '' && (value.includes('$(') || maySpeak(name, value));
  const source = sources.of(configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', namespace, ref.name);
  const text = source === undefined ? undefined : own(source.data, ref.key);
  return text !== undefined && maySpeak(name, text);
};

/** Whether nothing that a Pod is given speaks of addresses, at a glance: nothing is made for such Pods, which are nearly all. */
export const isSilent = ({ metadata, spec }: Admitted<Pod>, sources: Sources): boolean => {
  const { namespace = '' } = metadata;
  for (const list of lists) {
    const containers = spec?.[list];
    if (containers === undefined) continue;
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index];
      if (container === undefined) continue;
      const { command, args, env, envFrom } = container;
      if (command !== undefined || args !== undefined || envFrom !== undefined) return false;
      if (env === undefined) continue;
      for (let at = 0; at < env.length; at++) {
        const variable = env[at];
        if (variable !== undefined && variableSpeaks(variable, namespace, sources)) return false;
      }
    }
  }
  const volumes = spec?.volumes;
  if (volumes === undefined) return true;
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index];
    if (volume === undefined) continue;
    const { configMap, secret, projected } = volume;
    if ((configMap ?? secret) !== undefined && keyedSpeaks(volume as Keyed, namespace, sources)) return false;
    if (projected?.sources === undefined) continue;
    for (let at = 0; at < projected.sources.length; at++) {
      const part = projected.sources[at];
      if ((part?.configMap ?? part?.secret) !== undefined && keyedSpeaks(part as Keyed, namespace, sources)) return false;
    }
  }
  return true;
};

const valuesOfContainer = (written: Written, container: Container, at: string, sources: Sources): readonly Value[] => {
  const { command, args, volumeMounts } = container;
  const { metadata, spec } = written.pod;
  const values: Value[] = [];
  const variables = variablesOf(written, container, at, sources);
  if (variables.size > 0) addValues(written, variables, values);
  if (command !== undefined || args !== undefined) addValues(written, wordsOf(container, at, variables), values);
  if (volumeMounts === undefined) return values;
  const names = volumeMounts.map((mount) => mount.name);
  for (const name of names.length > 1 ? new Set(names) : names) {
    // Of two volumes with one name the later one counts.
    const volume = spec?.volumes?.findLast((each) => each.name === name);
    const files = volume === undefined ? [] : filesOf(volume, metadata.namespace ?? '', sources);
    if (files.length > 0) addValues(written, files, values);
  }
  return values;
};

/** What each container of a Pod is given that may speak of addresses. */
export const valuesOf = (written: Written, sources: Sources): readonly ContainerValues[] => {
  const found: ContainerValues[] = [];
  for (const list of lists) {
    const containers = written.pod.spec?.[list] ?? [];
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index];
      if (container === undefined) continue;
      const values = valuesOfContainer(written, container, `${list}[${index}]`, sources);
      if (values.length > 0) found.push({ container: container.name, values });
    }
  }
  return found;
};
