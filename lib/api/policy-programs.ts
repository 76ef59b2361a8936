import { type CelType, type Composition, compile, type Declarations, type Program, typeText } from './cel/index.js';
import type { MatchCondition, Variable } from './generated/types.js';

/** What compiling an expression came to; the error is the server's text behind the field's value. */
export type CompiledExpression =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly error: string };

type Fields = readonly (readonly [string, CelType])[];

const string: CelType = { kind: 'string' };
const strings: CelType = { kind: 'list', element: string };
const int: CelType = { kind: 'int' };
const bool: CelType = { kind: 'bool' };
const dyn: CelType = { kind: 'dyn' };
const timestamp: CelType = { kind: 'timestamp' };
const mapOf = (value: CelType): CelType => ({ kind: 'map', key: string, value });
const object = (name: string, fields: Fields): CelType => ({
  kind: 'object',
  name: `kubernetes.${name}`,
  fields: new Map(fields),
  unescaped: true,
});
const texts = (...names: readonly string[]): Fields => names.map((name) => [name, string]);

const groupVersionKind = object('GroupVersionKind', texts('group', 'version', 'kind'));
const groupVersionResource = object('GroupVersionResource', texts('group', 'version', 'resource'));

const request = object('AdmissionRequest', [
  ['kind', groupVersionKind],
  ['resource', groupVersionResource],
  ['requestKind', groupVersionKind],
  ['requestResource', groupVersionResource],
  ...texts('subResource', 'requestSubResource', 'name', 'namespace', 'operation'),
  ['userInfo', object('UserInfo', [...texts('username', 'uid'), ['groups', strings], ['extra', mapOf(strings)]])],
  ['dryRun', bool],
  ['options', dyn],
]);

const namespace = object('Namespace', [
  [
    'metadata',
    object('NamespaceMetadata', [
      ...texts('name', 'generateName', 'namespace', 'UID', 'resourceVersion'),
      ['labels', mapOf(string)],
      ['annotations', mapOf(string)],
      ['creationTimestamp', timestamp],
      ['deletionTimestamp', timestamp],
      ['deletionGracePeriodSeconds', int],
      ['generation', int],
      ['finalizers', strings],
    ]),
  ],
  ['spec', object('NamespaceSpec', [['finalizers', strings]])],
  [
    'status',
    object('NamespaceStatus', [
      ['phase', string],
      [
        'conditions',
        {
          kind: 'list',
          element: object('NamespaceCondition', [
            ...texts('status', 'type', 'message', 'reason'),
            ['lastTransitionTime', timestamp],
          ]),
        },
      ],
    ]),
  ],
]);

const variables = new Map<string, CelType>([
  ['object', dyn],
  ['oldObject', dyn],
  ['namespaceObject', namespace],
  ['request', request],
]);
const params: readonly [string, CelType] = ['params', dyn];
const authorizer: Fields = [
  ['authorizer', { kind: 'opaque', name: 'kubernetes.authorization.Authorizer' }],
  ['authorizer.requestResource', { kind: 'opaque', name: 'kubernetes.authorization.ResourceCheck' }],
];

/** The types that an expression may have, as the server asks for them in a policy's field. */
const resultTypes = {
  bool: ['bool'],
  string: ['string'],
  annotation: ['string', 'null_type'],
  object: ['Object'],
  patch: ['list(JSONPatch)'],
  any: [],
} as const;

type ResultType = keyof typeof resultTypes;

const listText = (types: readonly string[]): string => (types.length === 1 ? (types[0] ?? '') : `one of [${types.join(' ')}]`);

/**
 * Compiles the expressions of a policy one after the other. Variables that were compiled are known to those after them, by their
 * types.
 */
export class PolicyCompiler {
  readonly composition = new Map<string, CompiledExpression>();
  readonly #fields = new Map<string, CelType>();
  readonly #hasParams: boolean;
  readonly #composes: boolean;

  constructor(spec: { readonly paramKind?: unknown; readonly variables?: readonly unknown[] | undefined }) {
    this.#hasParams = spec.paramKind !== undefined;
    this.#composes = (spec.variables?.length ?? 0) > 0;
  }

  variable({ name, expression }: Variable): CompiledExpression {
    const compiled = this.compile(expression, 'any');
    this.#fields.set(name, compiled.ok ? compiled.program.type : dyn);
    this.composition.set(name, compiled);
    return compiled;
  }

  compile(
    expression: string,
    result: ResultType,
    options: { readonly authorizer?: false; readonly composes?: false } = {},
  ): CompiledExpression {
    const declarations: Declarations = {
      variables: this.#declared(options.authorizer !== false, options.composes !== false),
      patchTypes: result === 'object' || result === 'patch',
    };
    const compiled = compile(expression, declarations);
    if (!compiled.ok) return { ok: false, error: `compilation failed: ${compiled.error}` };
    const expected: readonly string[] = resultTypes[result];
    const found = typeText(compiled.program.type);
    if (expected.length === 0 || expected.includes(found)) return compiled;
    return { ok: false, error: `must evaluate to ${listText(expected)} but got ${found}` };
  }

  #declared(hasAuthorizer: boolean, composes: boolean): ReadonlyMap<string, CelType> {
    return new Map<string, CelType>([
      ...variables,
      ...(this.#hasParams ? [params] : []),
      ...(hasAuthorizer ? authorizer : []),
      ...(this.#composes && composes
        ? [['variables', { kind: 'object', name: 'kubernetes.variables', fields: this.#fields, unescaped: true }] as const]
        : []),
    ]);
  }
}

/** What both kinds of policies have. */
export interface PolicyPrograms {
  readonly composition: Composition;
  readonly conditions: readonly { readonly name: string; readonly expression: string; readonly compiled: CompiledExpression }[];
}

/** What both kinds of policies say. */
interface PolicySpec {
  readonly paramKind?: unknown;
  readonly variables?: readonly Variable[] | undefined;
  readonly matchConditions?: readonly MatchCondition[] | undefined;
}

/** Compiles the policies of a kind, each once; `ownPrograms`: what only this kind has. */
export const policyPrograms = <Spec extends PolicySpec, Own>(ownPrograms: (spec: Spec, compiler: PolicyCompiler) => Own) => {
  const compiled = new WeakMap<Spec, PolicyPrograms & Own>();
  return (spec: Spec): PolicyPrograms & Own => {
    const known = compiled.get(spec);
    if (known !== undefined) return known;
    const compiler = new PolicyCompiler(spec);
    for (const variable of spec.variables ?? []) compiler.variable(variable);
    const conditions = (spec.matchConditions ?? []).map(({ name, expression }) => ({
      name,
      expression,
      compiled: compiler.compile(expression.trim(), 'bool'),
    }));
    const programs = { composition: compiler.composition, conditions, ...ownPrograms(spec, compiler) };
    compiled.set(spec, programs);
    return programs;
  };
};
