/** Commands about one route. */
export const routeCommandIds = {
  invoke: 'hotFunctions.invoke',
  invokeRoute: 'hotFunctions.invokeRoute',
  invokeWithPayload: 'hotFunctions.invokeWithPayload',
  /** Of a lens; not in package.json. */
  invokeDefinition: 'hotFunctions.invokeDefinition',
  openDefinition: 'hotFunctions.openDefinition',
  copyPath: 'hotFunctions.copyPath',
  build: 'hotFunctions.build',
  buildRoute: 'hotFunctions.buildRoute',
  stopContainers: 'hotFunctions.stopContainers',
  stopAllContainers: 'hotFunctions.stopAllContainers',
  retry: 'hotFunctions.retry',
} as const;

/** Commands about no route in particular. */
export const windowCommandIds = {
  createFunction: 'hotFunctions.createFunction',
  selectEngine: 'hotFunctions.selectEngine',
  allowHostRun: 'hotFunctions.allowHostRun',
  forgetHostRun: 'hotFunctions.forgetHostRun',
  showWireLog: 'hotFunctions.showWireLog',
  showLog: 'hotFunctions.showLog',
  refresh: 'hotFunctions.refresh',
} as const;

export const debugCommandIds = {
  debug: 'hotFunctions.debug',
  debugRoute: 'hotFunctions.debugRoute',
  /** Of a lens; not in package.json. */
  debugDefinition: 'hotFunctions.debugDefinition',
  debugContainer: 'hotFunctions.debugContainer',
  debugAgain: 'hotFunctions.debugAgain',
} as const;

export const commandIds = { ...routeCommandIds, ...windowCommandIds, ...debugCommandIds } as const;
