/** Uses an S3 store where the AWS SDK is not installed, and reports what it is told. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => {
    if (!specifier.startsWith('@aws-sdk/')) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});

const { openStore } = await import('../../../src/artifacts/open-store.ts');
try {
  await openStore('s3://images/x?region=eu-central-1').checkWritable();
} catch (error) {
  const { name, message } = error as Error;
  process.send?.({ name, message }, () => process.disconnect());
}
