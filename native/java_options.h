/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the engine is started; %L is the folder lib/jrunc, absolute. The front and the build, which trains the AOT cache,
 * both read it. No spaces: the build takes each text as one word. Of two texts that contradict, the JVM takes the last.
 */

/* Found by the front beside itself, also after the tree was moved: the class path is one jar, whose manifest names the
 * others, and the JDK compares only what follows the common folder. */
JAVA_OPTION("-XX:AOTCache=%L/jrunc.aot")
/* The cache at the address that it was made for: else each start writes to all of its pages, about 10 ms. */
JAVA_OPTION("-XX:+UnlockDiagnosticVMOptions")
JAVA_OPTION("-XX:ArchiveRelocationMode=0")

/* One short call: the collector without threads, the compiler that is quick to compile, little memory at first. */
JAVA_OPTION("-XX:+UseSerialGC")
JAVA_OPTION("-XX:TieredStopAtLevel=1")
/* What is worth compiling in a call of 20 ms: what runs ten times as often as the JVM thinks. */
JAVA_OPTION("-XX:CompileThresholdScaling=10")
JAVA_OPTION("-XX:-AOTReplayTraining")
JAVA_OPTION("-Xms16m")
JAVA_OPTION("-Xmx256m")

/* Signals are the front's affair. */
JAVA_OPTION("-Xrs")

/* CVE row "JVM start" (/tmp/hsperfdata, attach, a library extracted to /tmp, core and error files in the working directory). */
JAVA_OPTION("-XX:-UsePerfData")
JAVA_OPTION("-XX:+DisableAttachMechanism")
JAVA_OPTION("-Djffi.boot.library.path=%L/native")
JAVA_OPTION("-XX:-CreateCoredumpOnCrash")
JAVA_OPTION("-XX:+ErrorFileToStderr")
JAVA_OPTION("-XX:+ExitOnOutOfMemoryError")

/* jffi, where libseccomp is asked; without these the JVM warns. */
JAVA_OPTION("--enable-native-access=ALL-UNNAMED")
JAVA_OPTION("--sun-misc-unsafe-memory-access=allow")

/* The resident engine alone: many calls at once and for days. A call that is out of memory fails alone. */
RESIDENT_OPTION("-XX:CompileThresholdScaling=1")
RESIDENT_OPTION("-Xmn8m")
RESIDENT_OPTION("-XX:MinHeapFreeRatio=10")
RESIDENT_OPTION("-XX:MaxHeapFreeRatio=30")
RESIDENT_OPTION("-XX:-ExitOnOutOfMemoryError")

JAVA_OPTION("-cp")
JAVA_OPTION("%L/app/jrunc.jar")
JAVA_OPTION("dev.jrunc.Main")
