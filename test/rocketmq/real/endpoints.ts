const { ROCKETMQ_ENDPOINTS } = process.env;
if (!ROCKETMQ_ENDPOINTS) throw new Error('ROCKETMQ_ENDPOINTS names the gRPC endpoints of RocketMQ: 127.0.0.1:8081');

/** The gRPC endpoints of the RocketMQ that the tests run on. */
export const endpoints: string = ROCKETMQ_ENDPOINTS;
