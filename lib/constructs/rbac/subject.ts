import { ApiObject } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { RbacV1Subject } from '../../api/generated/types.js';
import { PodOwner } from '../pod/pod-owner.js';
import { podTemplateOf, whenKnown } from '../target.js';

/** Who gets a permission: a ServiceAccount, a workload (the ServiceAccount of its Pods), `user('jane')`, `group('ops')`, or a plain subject. */
export type Subject = IConstruct | RbacV1Subject;

const apiGroup = 'rbac.authorization.k8s.io';

export const user = (name: string): RbacV1Subject => ({ kind: 'User', name, apiGroup });

/** A group of users; `system:serviceaccounts:web` are all ServiceAccounts of a namespace. */
export const group = (name: string): RbacV1Subject => ({ kind: 'Group', name, apiGroup });

/** A ServiceAccount that this program does not make. */
export const serviceAccount = (namespace: string, name: string): RbacV1Subject => ({ kind: 'ServiceAccount', name, namespace });

const isPlain = (subject: Subject): subject is RbacV1Subject => !Construct.isConstruct(subject);

/** The plain subject. A ServiceAccount needs its namespace said; `kubectl` puts what names none into `default`. */
export const plainSubject = (subject: Subject): RbacV1Subject => {
  if (isPlain(subject)) return subject;
  const { kind, name, metadata } = ApiObject.of(subject);
  const namespace = metadata.namespace ?? 'default';
  if (kind === 'ServiceAccount') return { kind, name, namespace };
  const account = (): string =>
    (subject instanceof PodOwner ? subject.serviceAccountName : podTemplateOf(subject).template.spec?.serviceAccountName) ??
    'default';
  return { kind: 'ServiceAccount', name: whenKnown(false, account), namespace };
};
