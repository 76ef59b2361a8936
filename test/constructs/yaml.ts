import { ApiObject, type Chart, Testing } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { stringify } from 'yaml';

/** The YAML of one object, or of all objects of a chart. */
export const yaml = (construct: IConstruct): string =>
  `\n${(ApiObject.isApiObject(construct) ? [construct.toJson()] : Testing.synth(construct as Chart)).map((object) => stringify(object, { lineWidth: 0 })).join('---\n')}`;
