import { isEmpty, type PortSet, portSetText } from '../../network/policy/port-set.js';

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

const known = new WeakMap<PortSet, readonly string[]>();

const listOf = (set: PortSet): readonly string[] => {
  if (isEmpty(set)) return [];
  if (portSetText(set) === 'All Connections') return ['*'];
  return [
    ...protocols.flatMap((protocol) =>
      set[protocol].map(({ first, last }) => {
        const ports = first === 1 && last === 65_535 ? '*' : first === last ? `${first}` : `${first}-${last}`;
        return `${ports}/${protocol}`;
      }),
    ),
    ...set.names.map((name) => {
      const [protocol = '', port = ''] = name.split(' ');
      return protocol === '' ? port : `${port}/${protocol}`;
    }),
  ];
};

/** Ports as texts: `80/TCP`, `8000-8010/TCP`, a name that Pods resolve `http/TCP`; `*` alone is every port of every protocol. */
export const portTexts = (set: PortSet): readonly string[] => {
  const texts = known.get(set) ?? listOf(set);
  known.set(set, texts);
  return texts;
};
