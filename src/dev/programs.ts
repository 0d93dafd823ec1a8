/** The two server programs, and the variable that names the path of each. */
export const SERVER_PROGRAMS = ['temporal', 'temporal-test-server'] as const;
export type ServerProgram = (typeof SERVER_PROGRAMS)[number];

/** The environment variable that names each program's path. */
export const PATH_VARIABLES: Readonly<Record<ServerProgram, string>> = {
  temporal: 'TEMPORAL_CLI_PATH',
  'temporal-test-server': 'TEMPORAL_TEST_SERVER_PATH',
};
