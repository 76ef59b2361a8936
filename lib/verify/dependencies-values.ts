import type { ConfigMap, Container, Pod, Secret, Volume } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import { secretData } from '../kubelet/environment.js';
import { expand } from '../kubelet/expansion.js';
import type { Named } from './dependencies-text.js';

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

/** ConfigMaps and Secrets of the Pod's namespace. */
export interface Given {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
}

/** A Pod, the object that it is written in, and the field of its spec there. */
export interface Written {
  readonly pod: Admitted<Pod>;
  readonly object: ObjectRef;
  readonly path: string;
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
  if (kind === 'ConfigMap') {
    const data = given.configMap(name)?.data;
    return data && { object, secret: false, data };
  }
  const secret = given.secret(name);
  return secret && { object, secret: true, data: secretData(secret) };
};

const keyPlace = ({ object }: Source, key: string, as = ''): Place => ({
  object,
  field: `data[${key}]`,
  text: `${as}${object.kind} ${object.namespace}/${object.name} key ${key}`,
});

type Unplaced = Omit<Value, 'beside'>;

/** Variables, later ones over earlier ones; `$(NAME)` stands for a variable before it, unless that one is of a Secret. */
const variablesOf = (
  { pod, object, path }: Written,
  container: Container,
  at: string,
  given: Given,
): ReadonlyMap<string, Unplaced> => {
  const namespace = pod.metadata.namespace ?? '';
  const variables = new Map<string, Unplaced>();
  const add = (name: string, key: string, source: Source): void => {
    const text = own(source.data, key);
    if (text !== undefined)
      variables.set(name, { name, text, place: keyPlace(source, key, `env ${name} from `), secret: source.secret });
  };
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const source = sourceOf(given, kind, (configMapRef ?? secretRef)?.name, namespace);
    if (source === undefined) continue;
    for (const key of Object.keys(source.data)) add(`${prefix}${key}`, key, source);
  }
  const known = (name: string): string | undefined => {
    const variable = variables.get(name);
    return variable?.secret === true ? undefined : variable?.text;
  };
  for (const [index, { name, value = '', valueFrom }] of (container.env ?? []).entries()) {
    variables.delete(name);
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const ref = configMapKeyRef ?? secretKeyRef;
    if (ref !== undefined) {
      const source = sourceOf(given, configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', ref.name, namespace);
      if (source !== undefined) add(name, ref.key, source);
    } else if (value !== '') {
      const place = { object, field: `${path}.${at}.env[${index}].value`, text: `env ${name}` };
      variables.set(name, { name, text: expand(value, known), place, secret: false });
    }
  }
  return variables;
};

/** Words of command and args: `--flag=value`, `--flag value`, and others. The first word is the program. */
const wordsOf = (
  { object, path }: Written,
  { command = [], args = [] }: Container,
  at: string,
  lookup: (name: string) => string | undefined,
): readonly Unplaced[] => {
  const words = [
    ...command.map((text, index) => ({ text, list: 'command', index })).slice(1),
    ...args.map((text, index) => ({ text, list: 'args', index })),
  ];
  return words.map(({ text: word, list, index }, position) => {
    const [, flag, value] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? [];
    const before = words[position - 1]?.text ?? '';
    const name = flag ?? (/^--?[\w.-]+$/.test(before) ? before.replace(/^--?/, '') : '');
    const place = { object, field: `${path}.${at}.${list}[${index}]`, text: `${list}[${index}]` };
    return { name, text: expand(value ?? word, lookup), place, secret: false };
  });
};

/** The keys of ConfigMaps and Secrets that a volume shows. */
const filesOf = (volume: Volume, namespace: string, given: Given): readonly Unplaced[] => {
  const sources = [volume, ...(volume.projected?.sources ?? [])];
  return sources.flatMap((each): readonly Unplaced[] => {
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
      return text === undefined ? [] : [{ name: key, text, place: keyPlace(source, key), secret: source.secret }];
    });
  });
};

const besideIn =
  (values: readonly Unplaced[]) =>
  (name: string): string | undefined =>
    values.find((value) => value.name === name)?.text;

/** What each container of a Pod is given that may speak of addresses: variables, words of its command, mounted files. */
export const valuesOf = (
  written: Written,
  given: Given,
): readonly { readonly container: string; readonly values: readonly Value[] }[] => {
  const { spec, metadata } = written.pod;
  const namespace = metadata.namespace ?? '';
  const volumes = new Map((spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec?.[list] ?? []).map((container, index) => {
      const at = `${list}[${index}]`;
      const variables = variablesOf(written, container, at, given);
      const environment = [...variables.values()];
      const words = wordsOf(written, container, at, (name) => {
        const variable = variables.get(name);
        return variable?.secret === true ? undefined : variable?.text;
      });
      const mounted = new Set((container.volumeMounts ?? []).map(({ name }) => name));
      const files = [...mounted].map((name) => {
        const volume = volumes.get(name);
        return volume === undefined ? [] : filesOf(volume, namespace, given);
      });
      const values = [environment, words, ...files].flatMap((group) => {
        const beside = besideIn(group);
        return group.filter(({ name }) => !secretNames.test(name)).map((value): Value => ({ ...value, beside }));
      });
      return { container: container.name, values };
    }),
  );
};
