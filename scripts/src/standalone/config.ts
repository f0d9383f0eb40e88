/** The environment as it is: the gateway reads its own variables from it, so that nothing has to be loaded here first. */
export const readEnvironment = (): NodeJS.ProcessEnv => process.env;
