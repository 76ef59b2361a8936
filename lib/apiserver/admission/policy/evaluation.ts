import { authorizerValue, type Composition, Evaluation, resourceCheckValue } from '../../../api/cel/index.js';
import type { CompiledExpression, PolicyPrograms } from '../../../api/policy-programs.js';
import type { Stored } from '../../kinds.js';
import type { AdmissionContext } from '../plugin.js';
import { type PolicyRequest, requestVariable } from './request.js';

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

/** The expressions of one policy over one request and one parameter. */
export class PolicyEvaluation {
  readonly #evaluation: Evaluation;

  constructor(request: PolicyRequest, param: Stored | undefined, composition: Composition, context: AdmissionContext) {
    const isNamespace = request.kind === 'Namespace' && request.group === '';
    const namespace = isNamespace ? undefined : context.store.find('Namespace', undefined, request.namespace);
    const authorizer = authorizerOf(request, context);
    const { group, resource, subresource, name } = request;
    this.#evaluation = new Evaluation(
      {
        object: request.object ?? null,
        oldObject: request.oldObject ?? null,
        params: param ?? null,
        request: requestVariable(request),
        namespaceObject: namespace ?? null,
        authorizer: authorizerValue(authorizer),
        'authorizer.requestResource': resourceCheckValue(authorizer, {
          group,
          resource,
          subresource,
          name,
          namespace: request.namespace,
        }),
      },
      composition,
    );
  }

  run(compiled: CompiledExpression, expression: string): Outcome {
    if (!compiled.ok) return { ok: false, error: `compilation error: ${compiled.error}` };
    const outcome = this.#evaluation.evaluate(compiled.program);
    return outcome.ok ? outcome : { ok: false, error: `expression '${expression}' resulted in error: ${outcome.error}` };
  }

  /** Runs an expression that makes a patch; `mismatch`: types of the patch are not named after the fields they stand in. */
  construct(compiled: CompiledExpression, expression: string): Outcome & { readonly mismatch?: string | undefined } {
    if (!compiled.ok) return { ok: false, error: compiled.error };
    const outcome = this.#evaluation.construct(compiled.program);
    return outcome.ok ? outcome : { ok: false, error: `expression '${expression}' resulted in error: ${outcome.error}` };
  }

  /** Whether the conditions hold; a false one decides whatever errors there are. */
  matches(conditions: PolicyPrograms['conditions']): { readonly matches: boolean; readonly error?: string } {
    const errors: string[] = [];
    for (const { compiled, expression } of conditions) {
      const outcome = this.run(compiled, expression);
      if (!outcome.ok) errors.push(outcome.error);
      else if (outcome.value === false) return { matches: false };
    }
    if (errors.length === 0) return { matches: true };
    const distinct = [...new Set(errors)];
    return { matches: false, error: distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]` };
  }
}

/** Administrators may do everything; what others may is not known here and taken for granted. */
const authorizerOf = ({ user }: PolicyRequest, context: AdmissionContext) => ({
  allows: (): boolean => {
    if (user.groups.includes('system:masters')) return true;
    context.assume({ code: 'unjudged', text: `${user.name} may do what admission policies ask the authorizer about` });
    return true;
  },
});
