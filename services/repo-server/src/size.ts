import { TiphysError } from '@tiphys/model';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** Bytes of a Kubernetes quantity such as `10M` or `1Gi`. */
export function parseSize(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(K|M|G|Ki|Mi|Gi)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === '' || factor === undefined) {
    throw new TiphysError('invalid', `${JSON.stringify(text)} is not a size; write it as 10M or 1Gi`);
  }
  return Math.floor(Number(amount) * factor);
}
