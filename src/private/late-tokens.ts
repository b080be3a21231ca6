import { DefaultTokenResolver, Intrinsic, IPostProcessor, IResolvable, IResolveContext, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { IConstruct } from 'constructs';

/**
 * Resolves values while the app still defines constructs: all but what the app itself computes when the template is made. aws-cdk-lib
 * keeps the first value of a `Lazy`, and its producer can throw until then.
 */
export class LateTokenFinder extends DefaultTokenResolver {
  public readonly tokens: IResolvable[] = [];
  /** The constructs that the value refers to. */
  public readonly targets: IConstruct[] = [];

  /**
   * @param textFor what stands for such a token
   */
  constructor(private readonly textFor: (token: IResolvable) => string = () => '') {
    super({ join: (left, right) => `${textOf(left)}${textOf(right)}` });
  }

  public resolve(scope: IConstruct, value: unknown): any {
    return Tokenization.resolve(value, { scope, resolver: this, preparing: false });
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) {
      this.targets.push(token.target);
      // With the logical id, which aws-cdk-lib computes late as well.
      return Stack.of(context.scope).resolve(token);
    }
    if (token instanceof Intrinsic || isFunction(token) || isIncludedList(context)) {
      return super.resolveToken(token, context, postProcessor);
    }
    this.tokens.push(token);
    return this.textFor(token);
  }
}

/**
 * Whether the app computes a part of the value when the template is made.
 */
export function isLate(scope: IConstruct, value: unknown): boolean {
  const finder = new LateTokenFinder();
  finder.resolve(scope, value);
  return finder.tokens.length > 0;
}

/** `Fn.join()` and `Fn.toJsonString()` return no Intrinsic. */
function isFunction(token: IResolvable): boolean {
  const { toJSON } = token as { toJSON?: () => unknown };
  return toJSON !== undefined && /^<Fn::\w+>$/.test(String(toJSON.call(token)));
}

/** The list of `Fn::Join` in a template that was included: aws-cdk-lib computes it late, from what the template says. */
function isIncludedList({ scope, documentPath }: IResolveContext): boolean {
  return documentPath[documentPath.length - 2] === 'Fn::Join' && scope.node.scope instanceof CfnInclude;
}

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : JSON.stringify(part) ?? '';
}
