/** Field error types of the API server (`field.ErrorType`). */
export type FieldErrorType =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One fault of one field, as the API server words it. */
export interface FieldError {
  /** `NamespaceTerminating` is the cause of a refusal, not the fault of a field. */
  readonly type: FieldErrorType | 'NamespaceTerminating';
  /** `spec.containers[0].name`, `metadata.labels[a/b]`. */
  readonly field: string;
  readonly badValue?: string | number | boolean;
  readonly detail?: string;
  /** The whole text: `spec.x: Invalid value: "y": must be ...`. */
  readonly message: string;
  /** What the author may have meant (`did you mean "containers"?`): ours, not the server's. */
  readonly suggestion?: string;
}

/** Why an engine refuses; the fields of a Kubernetes `Status`. */
export interface Refusal {
  readonly ok: false;
  /** HTTP code: 400, 403, 404, 409, 422. */
  readonly code: number;
  /** `Invalid`, `Forbidden`, `NotFound`, `AlreadyExists`, `Conflict`, `BadRequest`. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly FieldError[];
}

/** What an engine answers: a value, or why not. Engines never throw for what a cluster would refuse. */
export type Verdict<T> = { readonly ok: true; readonly value: T; readonly warnings: readonly string[] } | Refusal;
