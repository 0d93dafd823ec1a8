/**
 * Prints `N passed, N failed` from vitest's JSON report; exit code 0 only for a run with tests and
 * without failures. What is no test but failed all the same counts as one failure: a file that could
 * not be loaded, an error outside any test, a report that is absent because the runner crashed or an
 * earlier step failed.
 */
import { readFileSync } from 'node:fs';

function count(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

let counted = { passed: 0, failed: 1 };
try {
  counted = count(process.argv[2] ?? '');
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = counted.failed === 0 && counted.passed > 0 ? 0 : 1;
