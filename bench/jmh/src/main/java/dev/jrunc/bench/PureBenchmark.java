// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.bench;

import dev.jrunc.engine.Encoder;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Plan;
import dev.jrunc.spec.Spec;
import dev.jrunc.validate.SpecCheck;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The steps from config.json to the frame that init gets, with the collector and compiler of the resident engine. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms16m", "-Xmx256m", "-Xmn8m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class PureBenchmark {

    @Benchmark
    public Spec parse(Configuration config) {
        return ConfigReader.read(config.document);
    }

    @Benchmark
    public Spec check(Configuration config) {
        SpecCheck.check(config.spec);
        return config.spec;
    }

    @Benchmark
    public Plan plan(Configuration config) {
        return Configuration.plan(config.spec);
    }

    @Benchmark
    public byte[] encode(Configuration config) {
        return new Encoder().steps(config.plan.init()).toArray();
    }

    /** One after the other. */
    @Benchmark
    public byte[] whole(Configuration config) {
        Spec spec = ConfigReader.read(config.document);
        SpecCheck.check(spec);
        return new Encoder().steps(Configuration.plan(spec).init()).toArray();
    }
}
