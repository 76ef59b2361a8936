import { quote } from './quote.js';

/** A check of a text: the API server's faults in its words and order, none when the text is valid. */
export type NameCheck = (text: string) => readonly string[];

const valid: readonly string[] = [];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const labelPattern = whole(label);
const subdomainPattern = whole(subdomain);
const labelKeyPattern = whole(labelKey);

/** The server's wording of a pattern that does not match, examples and pattern included. */
const patternFault = (rule: string, pattern: string, ...examples: readonly string[]): string =>
  examples.length === 0
    ? `${rule} (regex used for validation is '${pattern}')`
    : `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;

const isLongerThan = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes);

// Upstream is of two minds about the unit of its own limits; the checks that moved to the newer package say bytes.
const tooLong = (text: string, limit: number, unit: 'bytes' | 'characters'): readonly string[] =>
  isLongerThan(text, limit) ? [`must be no more than ${limit} ${unit}`] : valid;

const mismatch = (pattern: RegExp, text: string, fault: string): readonly string[] => (pattern.test(text) ? valid : [fault]);

const labelFault = patternFault(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label,
  'my-name',
  '123-abc',
);

/** Names of namespaces, containers and volumes. */
export const dns1123Label: NameCheck = (text) => {
  if (text.length <= 63 && labelPattern.test(text)) return valid;
  const fault = subdomainPattern.test(text) ? 'must not contain dots' : labelFault;
  return [...tooLong(text, 63, 'characters'), ...mismatch(labelPattern, text, fault)];
};

const subdomainFault = patternFault(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  'example.com',
);

/** Names of most objects. */
export const dns1123Subdomain: NameCheck = (text) =>
  text.length <= 253 && subdomainPattern.test(text)
    ? valid
    : [...tooLong(text, 253, 'characters'), ...mismatch(subdomainPattern, text, subdomainFault)];

const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const dns1035Pattern = whole(dns1035);
const dns1035Fault = patternFault(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  dns1035,
  'my-name',
  'abc-123',
);

/** Strict names that start with a letter. */
export const dns1035Label: NameCheck = (text) => [
  ...tooLong(text, 63, 'characters'),
  ...mismatch(dns1035Pattern, text, dns1035Fault),
];

const wildcard = `\\*\\.${subdomain}`;
const wildcardPattern = whole(wildcard);
const wildcardFault = patternFault(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  wildcard,
  '*.example.com',
);

/** Wildcard hosts of an Ingress: `*.example.com`. */
export const wildcardDns1123Subdomain: NameCheck = (text) => [
  ...tooLong(text, 253, 'characters'),
  ...mismatch(wildcardPattern, text, wildcardFault),
];

const labelKeyFault = patternFault(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  labelKey,
  'MyName',
  'my.name',
  '123-abc',
);

const prefixFaults = (prefix: string): readonly string[] => {
  if (prefix === '') return ['prefix part must be non-empty'];
  const faults = [...tooLong(prefix, 253, 'bytes'), ...mismatch(subdomainPattern, prefix, subdomainFault)];
  return faults.map((fault) => `prefix part ${fault}`);
};

// The same few keys stand in every object; bounded so that a hostile manifest cannot grow it.
const knownQualified = new Set<string>();
const mostKnownQualified = 1000;

const isQualified = (text: string): boolean => {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (name.length > 63 || !labelKeyPattern.test(name)) return false;
  return slash < 0 || (slash <= 253 && subdomainPattern.test(text.slice(0, slash)));
};

/** Keys of labels and annotations, names of resources, taint keys: `name` or `example.com/name`. */
export const qualifiedName: NameCheck = (text) => {
  if (knownQualified.has(text)) return valid;
  if (isQualified(text)) {
    if (knownQualified.size < mostKnownQualified) knownQualified.add(text);
    return valid;
  }
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (name.includes('/')) {
    return [`a valid label key ${labelKeyFault} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const nameFaults = [
    ...(name === '' ? ['must be non-empty'] : tooLong(name, 63, 'bytes')),
    ...mismatch(labelKeyPattern, name, labelKeyFault),
  ];
  return [...(slash < 0 ? valid : prefixFaults(text.slice(0, slash))), ...nameFaults.map((fault) => `name part ${fault}`)];
};

const labelValuePattern = whole(`(${labelKey})?`);
const labelValueFault = patternFault(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${labelKey})?`,
  'MyValue',
  'my_value',
  '12345',
);

export const labelValue: NameCheck = (text) =>
  text.length <= 63 && labelValuePattern.test(text)
    ? valid
    : [...tooLong(text, 63, 'bytes'), ...mismatch(labelValuePattern, text, labelValueFault)];

const portNamePattern = /^(?=[-0-9]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Named ports (IANA service names). */
export const portName: NameCheck = (text) =>
  text.length <= 15 && portNamePattern.test(text)
    ? valid
    : [
        ...tooLong(text, 15, 'characters'),
        ...mismatch(/^[-a-z0-9]+$/, text, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'),
        ...mismatch(/[a-z]/, text, 'must contain at least one letter (a-z)'),
        ...(text.includes('--') ? ['must not contain consecutive hyphens'] : valid),
        ...(text.startsWith('-') || text.endsWith('-') ? ['must not begin or end with a hyphen'] : valid),
      ];

const parentDirectoryFaults = (text: string): readonly string[] => {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return text.startsWith('..') ? ["must not start with '..'"] : valid;
};

const envVar = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const envVarPattern = whole(envVar);
const envVarFault = patternFault(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  envVar,
  'my.env-name',
  'MY_ENV.NAME',
  'MyEnvName1',
);

/** Conventional names of environment variables: what `envFrom` and older servers take. */
export const envVarName: NameCheck = (text) => [...mismatch(envVarPattern, text, envVarFault), ...parentDirectoryFaults(text)];

const relaxedEnvVarPattern = /^[ -<>-~]+$/;

/** Names of environment variables as the server accepts them: any printable ASCII but `=`. */
export const relaxedEnvVarName: NameCheck = (text) =>
  relaxedEnvVarPattern.test(text)
    ? valid
    : [
        text === ''
          ? 'environment variable name must be non-empty'
          : "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ];

const configMapKeyFormat = '[-._a-zA-Z0-9]+';
const configMapKeyPattern = whole(configMapKeyFormat);
const configMapKeyFault = patternFault(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  configMapKeyFormat,
  'key.name',
  'KEY_NAME',
  'key-name',
);

/** Keys of the data of ConfigMaps and Secrets. */
export const configMapKey: NameCheck = (text) =>
  text.length <= 253 && text !== '.' && !text.startsWith('..') && configMapKeyPattern.test(text)
    ? valid
    : [
        ...tooLong(text, 253, 'characters'),
        ...mismatch(configMapKeyPattern, text, configMapKeyFault),
        ...parentDirectoryFaults(text),
      ];

const identifier = '[A-Za-z_][A-Za-z0-9_]*';
const identifierPattern = whole(identifier);
const identifierFault = patternFault(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  identifier,
  'my_name',
  'MY_NAME',
  'MyName',
);

export const cIdentifier: NameCheck = (text) => mismatch(identifierPattern, text, identifierFault);

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const httpPathPattern = whole(httpPath);

/** What is wrong with a domain-prefixed path: the part at fault and the text; no part when the path is empty. */
interface PathFault {
  readonly value?: string;
  readonly detail: string;
}

/** Names of ingress controllers and the like: `acme.io/foo`. The faults name the part of the text that is wrong. */
export const domainPrefixedPathFaults = (text: string): readonly PathFault[] => {
  if (text === '') return [{ detail: '' }];
  const slash = text.indexOf('/');
  const domain = text.slice(0, Math.max(slash, 0));
  const path = text.slice(slash + 1);
  if (domain === '' || path === '') return [{ value: text, detail: 'must be a domain-prefixed path (such as "acme.io/foo")' }];
  return [
    ...dns1123Subdomain(domain).map((detail) => ({ value: domain, detail })),
    ...mismatch(httpPathPattern, path, patternFault('Invalid path', httpPath)).map((detail) => ({ value: path, detail })),
  ];
};

/** `domainPrefixedPathFaults` as whole texts of field errors for the field `path`. */
export const domainPrefixedPath = (text: string, path = '<nil>'): readonly string[] =>
  domainPrefixedPathFaults(text).map(({ value, detail }) =>
    value === undefined ? `${path}: Required value` : `${path}: Invalid value: ${quote(value)}: ${detail}`,
  );
