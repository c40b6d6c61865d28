// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test its {@link Lab}, checks after the test that nothing is left, and turns expectations of peers around: a test that
 * {@link Peer} says fails on the runtime under test has to fail.
 */
final class LabExtension implements ParameterResolver, InvocationInterceptor, ExecutionCondition {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LabExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (OciRuntime.fromEnvironment(System.getenv()).isJrunc()) {
            return ConditionEvaluationResult.enabled("the runtime under test is jrunc");
        }
        return context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, JruncOnly.class))
                .map(only -> ConditionEvaluationResult.disabled("only jrunc has it: " + only.value()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("peers have it too"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return List.of(Lab.class, EngineChoice.class, OciRuntime.class)
                .contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        OciRuntime runtime = OciRuntime.fromEnvironment(System.getenv());
        Class<?> type = parameter.getParameter().getType();
        if (type == OciRuntime.class) {
            return runtime;
        }
        return type == Lab.class ? lab(context) : engineOfAll(context, runtime);
    }

    private static Lab lab(ExtensionContext context) {
        OciRuntime runtime = OciRuntime.fromEnvironment(System.getenv());
        return Objects.requireNonNull(context.getStore(NAMESPACE)
                .computeIfAbsent(
                        context.getUniqueId(), id -> new Lab(runtime, engineOfAll(context, runtime)), Lab.class));
    }

    /** Closed after the last test. */
    private record EngineOfAll(Optional<WarmEngine> warm) implements AutoCloseable {
        @Override
        public void close() {
            warm.ifPresent(WarmEngine::close);
        }
    }

    private static EngineChoice engineOfAll(ExtensionContext context, OciRuntime runtime) {
        EngineOfAll engine = Objects.requireNonNull(context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        EngineOfAll.class,
                        key -> new EngineOfAll(WarmEngine.asAskedFor(System.getenv(), runtime)),
                        EngineOfAll.class));
        return new EngineChoice(engine.warm().map(WarmEngine::choice));
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        intercept(invocation, method.getExecutable(), context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        intercept(invocation, method.getExecutable(), context);
    }

    private static void intercept(Invocation<@Nullable Void> invocation, Method method, ExtensionContext context)
            throws Throwable {
        Lab lab = lab(context);
        Expectation expectation = Expectation.of(method, lab.runtime().kind());
        Optional<Throwable> failure = attempt(invocation, lab);
        Throwable toReport = expectation.judge(failure.orElse(null));
        if (toReport != null) {
            throw toReport;
        }
    }

    private static Optional<Throwable> attempt(Invocation<@Nullable Void> invocation, Lab lab) {
        try (lab) {
            invocation.proceed();
            lab.finish();
            return Optional.empty();
        } catch (Throwable failure) {
            return Optional.of(failure);
        }
    }

    /** What is to come of a test on the runtime under test. */
    private record Expectation(Outcome outcome, String why, String failure) {
        static Expectation of(Method method, OciRuntime.Kind runtime) {
            if (runtime == OciRuntime.Kind.JRUNC) {
                return new Expectation(Outcome.PASS, "", "");
            }
            Peer peer = AnnotationSupport.findAnnotation(method, Peer.class)
                    .or(() -> AnnotationSupport.findAnnotation(method.getDeclaringClass(), Peer.class))
                    .orElseThrow(() -> new AssertionError(method + " has neither @Peer nor @JruncOnly"));
            if (peer.runc() != Outcome.PASS
                    && (peer.why().isEmpty() || peer.failure().isEmpty())) {
                throw new AssertionError(method + ": @Peer has to say why runc fails, and by what words");
            }
            return runtime == OciRuntime.Kind.RUNC
                    ? new Expectation(peer.runc(), peer.why(), peer.failure())
                    : new Expectation(Outcome.PASS, "", "");
        }

        @Nullable
        Throwable judge(@Nullable Throwable seen) {
            if (outcome == Outcome.PASS || seen instanceof TestAbortedException) {
                return seen;
            }
            if (seen == null) {
                return new AssertionError("passes, though @Peer says " + outcome + ": " + why);
            }
            if (!String.valueOf(seen.getMessage()).contains(failure)) {
                return new AssertionError("fails as @Peer says, but for another reason than \"" + failure + "\"", seen);
            }
            return null;
        }
    }
}
