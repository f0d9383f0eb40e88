import { findExceededLimit, type OperationLimits } from '@postbook/service-kit/edge';
import { GraphQLError, type ValidationRule } from 'graphql';
import { OperationLimitError } from '../errors/gateway-errors.ts';

/** The limits as a validation rule. It judges the document as a whole when it is set up, and visits nothing. */
export const operationLimitsRule =
  (limits: OperationLimits): ValidationRule =>
  (context) => {
    const exceeded = findExceededLimit(context.getDocument(), limits);
    if (exceeded) {
      const originalError = new OperationLimitError(exceeded.limit, exceeded.maximum, exceeded.actual);
      context.reportError(new GraphQLError(originalError.message, { originalError }));
    }
    return {};
  };
