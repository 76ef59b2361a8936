import type { ConfigMap, Container, Pod, Secret, Volume } from '../api/generated/types.js';
import type { Admitted, KubeObject, ObjectRef } from '../api/object.js';
import { secretData } from '../kubelet/environment.js';
import { expand } from '../kubelet/expansion.js';
import { maySpeak, type Named } from './dependencies-text.js';
import type { Root } from './roots.js';
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

/** Looks up a ConfigMap or Secret. */
type Given = (ref: ObjectRef) => KubeObject | Admitted | undefined;

/** A Pod, and the object that it is written in. */
export interface Written {
  readonly pod: Admitted<Pod>;
  readonly root: Root;
}

type Data = Readonly<Record<string, string>>;

const secretNames = /passw|secret|token|credential|private|api_?key|access_?key/i;

const own = (data: Data, key: string): string | undefined => (Object.hasOwn(data, key) ? data[key] : undefined);

/** A ConfigMap or Secret. */
interface Source {
  readonly object: ObjectRef;
  readonly secret: boolean;
  readonly data: Data;
}

const sourceOf = (
  given: Given,
  kind: 'ConfigMap' | 'Secret',
  name: string | undefined,
  namespace: string,
): Source | undefined => {
  if (name === undefined) return undefined;
  const object: ObjectRef = { apiVersion: 'v1', kind, namespace, name };
  const found = given(object);
  if (kind === 'Secret') return found && { object, secret: true, data: secretData(found as Secret) };
  const data = (found as ConfigMap | undefined)?.data;
  return data && { object, secret: false, data };
};

/** A text, and how to say where it was read: that is rarely asked. */
interface Text {
  readonly name: string;
  readonly text: string;
  readonly secret: boolean;
  readonly place: () => Place;
}

const keyText = (name: string, text: string, source: Source, key: string, as = ''): Text => ({
  name,
  text,
  secret: source.secret,
  place: () => {
    const { kind, namespace, name: holder } = source.object;
    return { object: source.object, field: `data[${key}]`, text: `${as}${kind} ${namespace}/${holder} key ${key}` };
  },
});

/** A text that stands in the Pod itself. */
const ownText = ({ root }: Written, name: string, text: string, field: () => string, as: string): Text => ({
  name,
  text,
  secret: false,
  place: () => ({ object: root.ref, field: `${podTemplateOf(root.object)?.path ?? 'spec'}.${field()}`, text: as }),
});

type Variables = ReadonlyMap<string, Text>;

const noVariables: Variables = new Map();

/** What `$(NAME)` stands for: nothing of a Secret. */
const shownIn =
  (variables: Variables) =>
  (name: string): string | undefined => {
    const variable = variables.get(name);
    return variable?.secret === true ? undefined : variable?.text;
  };

/** Variables, later ones over earlier ones; `$(NAME)` stands for a variable before it, unless that one is of a Secret. */
const variablesOf = (written: Written, { env, envFrom }: Container, at: () => string, given: Given): Variables => {
  if (env === undefined && envFrom === undefined) return noVariables;
  const { namespace = '' } = written.pod.metadata;
  const variables = new Map<string, Text>();
  const add = (name: string, key: string, source: Source): void => {
    const text = own(source.data, key);
    if (text !== undefined) variables.set(name, keyText(name, text, source, key, `env ${name} from `));
  };
  for (const { configMapRef, secretRef, prefix = '' } of envFrom ?? []) {
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const source = sourceOf(given, kind, (configMapRef ?? secretRef)?.name, namespace);
    if (source === undefined) continue;
    for (const key of Object.keys(source.data)) add(`${prefix}${key}`, key, source);
  }
  const known = shownIn(variables);
  for (const [index, { name, value = '', valueFrom }] of (env ?? []).entries()) {
    variables.delete(name);
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const ref = configMapKeyRef ?? secretKeyRef;
    if (ref !== undefined) {
      const source = sourceOf(given, configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', ref.name, namespace);
      if (source !== undefined) add(name, ref.key, source);
    } else if (value !== '') {
      const field = () => `${at()}.env[${index}].value`;
      variables.set(name, ownText(written, name, expand(value, known), field, `env ${name}`));
    }
  }
  return variables;
};

/** Words of command and args: `--flag=value`, `--flag value`, and others. The first word is the program. */
const wordsOf = (
  written: Written,
  { command = [], args = [] }: Container,
  at: () => string,
  variables: Variables,
): readonly Text[] => {
  const words = [
    ...command.map((text, index) => ({ text, list: 'command', index })).slice(1),
    ...args.map((text, index) => ({ text, list: 'args', index })),
  ];
  const lookup = shownIn(variables);
  return words.map(({ text: word, list, index }, position) => {
    const [, flag, value] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? [];
    const before = words[position - 1]?.text ?? '';
    const name = flag ?? (/^--?[\w.-]+$/.test(before) ? before.replace(/^--?/, '') : '');
    const place = `${list}[${index}]`;
    return ownText(written, name, expand(value ?? word, lookup), () => `${at()}.${place}`, place);
  });
};

/** The keys of ConfigMaps and Secrets that a volume shows. */
const filesOf = (volume: Volume, namespace: string, given: Given): readonly Text[] => {
  const sources = [volume, ...(volume.projected?.sources ?? [])];
  return sources.flatMap((each): readonly Text[] => {
    const { configMap, secret } = each as Pick<Volume, 'configMap'> & {
      readonly secret?: {
        readonly name?: string;
        readonly secretName?: string;
        readonly items?: readonly { readonly key: string }[];
      };
    };
    const source =
      configMap === undefined
        ? sourceOf(given, 'Secret', secret?.secretName ?? secret?.name, namespace)
        : sourceOf(given, 'ConfigMap', configMap.name, namespace);
    if (source === undefined) return [];
    const items = configMap?.items ?? secret?.items;
    return (items?.map(({ key }) => key) ?? Object.keys(source.data)).flatMap((key) => {
      const text = own(source.data, key);
      return text === undefined ? [] : [keyText(key, text, source, key)];
    });
  });
};

const addValues = (group: readonly Text[] | Variables, into: Value[]): void => {
  const beside = (other: string): string | undefined => {
    for (const { name, text } of group.values()) if (name === other) return text;
    return undefined;
  };
  for (const { name, text, secret, place } of group.values()) {
    if (!maySpeak(name, text) || secretNames.test(name)) continue;
    into.push({ name, text, beside, place: place(), secret });
  }
};

const valuesOfContainer = (written: Written, container: Container, at: () => string, given: Given): readonly Value[] => {
  const { command, args, volumeMounts } = container;
  const { metadata, spec } = written.pod;
  const values: Value[] = [];
  const variables = variablesOf(written, container, at, given);
  if (variables.size > 0) addValues(variables, values);
  if (command !== undefined || args !== undefined) addValues(wordsOf(written, container, at, variables), values);
  if (volumeMounts === undefined) return values;
  for (const name of new Set(volumeMounts.map((mount) => mount.name))) {
    // Of two volumes with one name the later one counts.
    const volume = spec?.volumes?.findLast((each) => each.name === name);
    if (volume !== undefined) addValues(filesOf(volume, metadata.namespace ?? '', given), values);
  }
  return values;
};

/** What each container of a Pod is given that may speak of addresses. */
export const valuesOf = (written: Written, given: Given): readonly ContainerValues[] => {
  const found: ContainerValues[] = [];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (written.pod.spec?.[list] ?? []).entries()) {
      const values = valuesOfContainer(written, container, () => `${list}[${index}]`, given);
      if (values.length > 0) found.push({ container: container.name, values });
    }
  }
  return found;
};
