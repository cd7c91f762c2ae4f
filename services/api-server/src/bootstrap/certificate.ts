import { webcrypto } from 'node:crypto';
import type { KeyPair } from '@tiphys/adapter-argo-api';

const YEAR_MS = 365 * 86_400_000;
const HOUR_MS = 3_600_000;

/** A certificate for the names that the server has inside a cluster: RSA 2048, one year. */
export async function selfSignedCertificate(namespace: string, now: number): Promise<KeyPair> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2_048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const service = `argocd-server.${namespace}`;
  const names = ['localhost', 'argocd-server', service, `${service}.svc`, `${service}.svc.cluster.local`];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'O=Tiphys',
      notBefore: new Date(now - HOUR_MS),
      notAfter: new Date(now + YEAR_MS),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
      ],
    },
    webcrypto,
  );
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(der, 'PRIVATE KEY') };
}
