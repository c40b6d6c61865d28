/* SPDX-License-Identifier: Apache-2.0 */
/* How the cold engine is started; %L is the folder lib/jrunc. */
JAVA_OPTION("-XX:+UseSerialGC")
JAVA_OPTION("-XX:TieredStopAtLevel=1")
JAVA_OPTION("-Xrs")
JAVA_OPTION("-XX:-UsePerfData")
JAVA_OPTION("-XX:+DisableAttachMechanism")
JAVA_OPTION("-Xmx64m")
JAVA_OPTION("-cp")
JAVA_OPTION("%L/app/*")
JAVA_OPTION("dev.jrunc.Main")
