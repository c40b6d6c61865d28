// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One span of a call, as an event of JDK Flight Recorder, which reads its fields. */
@Name("dev.jrunc.Span")
@Label("Span")
@Category("jrunc")
@Description(
        "A turn of the engine, or an operation of front or init. Its own start and duration are a turn's; an operation is"
                + " told when the engine hears of it")
@StackTrace(false)
final class CallSpan extends Event {

    @Label("Row")
    @Description("front, engine or init")
    String row = "";

    @Label("Operation")
    String operation = "";

    @Label("Origin")
    @Description("JSON pointer into config.json, or name of a rule")
    String origin = "";

    @Label("Failure")
    String failure = "";

    @Label("Command")
    String command = "";

    @Label("Front")
    @Description("pid of the call's front")
    long front;

    @Label("Began")
    @Description("Since boot, by CLOCK_MONOTONIC, as in --trace")
    @Timespan(Timespan.NANOSECONDS)
    long began;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;
}
