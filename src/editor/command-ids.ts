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
  showCredentials: 'hotFunctions.showCredentials',
  hideCredentials: 'hotFunctions.hideCredentials',
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

export const keepWarmCommandIds = {
  keepWarm: 'hotFunctions.keepWarm',
  stopKeepingWarm: 'hotFunctions.stopKeepingWarm',
} as const;

/** Commands of the local endpoint. */
export const endpointCommandIds = {
  startEndpoint: 'hotFunctions.startEndpoint',
  stopEndpoint: 'hotFunctions.stopEndpoint',
  endpointActions: 'hotFunctions.endpointActions',
  copyEndpointAddress: 'hotFunctions.copyEndpointAddress',
  openEndpoint: 'hotFunctions.openEndpoint',
  showEndpointToken: 'hotFunctions.showEndpointToken',
  copyEndpointToken: 'hotFunctions.copyEndpointToken',
  rotateEndpointToken: 'hotFunctions.rotateEndpointToken',
  copyUrl: 'hotFunctions.copyUrl',
  copyCurl: 'hotFunctions.copyCurl',
} as const;

/** Commands of the history of calls. */
export const historyCommandIds = {
  showHistory: 'hotFunctions.showHistory',
  /** Of a row; not in package.json. */
  openCall: 'hotFunctions.openCall',
  cancelCall: 'hotFunctions.cancelCall',
  rerunCall: 'hotFunctions.rerunCall',
  cancelWaitingCalls: 'hotFunctions.cancelWaitingCalls',
  clearHistory: 'hotFunctions.clearHistory',
  clearHistoryOfRoute: 'hotFunctions.clearHistoryOfRoute',
  filterHistory: 'hotFunctions.filterHistory',
  filterHistoryByRoute: 'hotFunctions.filterHistoryByRoute',
  clearHistoryFilter: 'hotFunctions.clearHistoryFilter',
  showOlderCalls: 'hotFunctions.showOlderCalls',
} as const;

export const commandIds = {
  ...routeCommandIds,
  ...keepWarmCommandIds,
  ...windowCommandIds,
  ...debugCommandIds,
  ...endpointCommandIds,
  ...historyCommandIds,
} as const;
