import { TiphysError } from '@tiphys/model';

/** Which container of which Application a terminal is asked for. */
export interface TerminalTarget {
  readonly app: string;
  /** Empty for the control plane's own. */
  readonly appNamespace: string;
  readonly project: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Undefined: whichever there is. */
  readonly shell: string | undefined;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const SHELL = /^[\w./-]{1,64}$/u;

interface Rule {
  readonly pattern: RegExp;
  readonly optional?: true;
}

const RULES: Readonly<Record<string, Rule>> = {
  pod: { pattern: SUBDOMAIN },
  container: { pattern: LABEL },
  appName: { pattern: SUBDOMAIN },
  projectName: { pattern: SUBDOMAIN },
  namespace: { pattern: LABEL },
  appNamespace: { pattern: LABEL, optional: true },
  shell: { pattern: SHELL, optional: true },
};

/** @throws TiphysError `invalid` for a parameter that is missing, given twice, or no name. */
export function readTarget(query: URLSearchParams): TerminalTarget {
  const read = (key: string): string => {
    const rule = RULES[key];
    const values = query.getAll(key);
    const [value = ''] = values;
    if (value === '' && rule?.optional !== true) {
      throw new TiphysError('invalid', `Missing required parameter: ${key}`);
    }
    if (value !== '' && (values.length > 1 || rule?.pattern.test(value) !== true)) {
      throw new TiphysError('invalid', `Invalid parameter: ${key}`);
    }
    return value;
  };
  return {
    app: read('appName'),
    appNamespace: read('appNamespace'),
    project: read('projectName'),
    namespace: read('namespace'),
    pod: read('pod'),
    container: read('container'),
    shell: read('shell') || undefined,
  };
}
