// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * {@code java UpgradeClassFiles.java FROM.jar TO.jar}: copies a jar; its classes in the format of Java 5 and older get that
 * of Java 8. The JDK's AOT cache leaves such old classes out, because its verifier needs stack maps, which they lack; picocli
 * has them only, and costs several times as much when it is loaded from its jar. The code of the classes stays as it is.
 */
final class UpgradeClassFiles {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private UpgradeClassFiles() {}

    public static void main(String[] args) throws IOException {
        upgrade(Path.of(args[0]), Path.of(args[1]));
    }

    private static void upgrade(Path from, Path to) throws IOException {
        Map<ZipEntry, byte[]> entries = entries(from);
        ClassFile classFile = classFile(entries);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
                ZipEntry written = new ZipEntry(entry.getKey().getName());
                written.setTimeLocal(entry.getKey().getTimeLocal());
                out.putNextEntry(written);
                out.write(isClass(written) ? upgraded(classFile, entry.getValue()) : entry.getValue());
                out.closeEntry();
            }
        }
    }

    private static Map<ZipEntry, byte[]> entries(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry, in.readAllBytes());
            }
        }
        return entries;
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class");
    }

    /** Stack maps name the common superclass of two types, so the jar's own classes have to be known. */
    private static ClassFile classFile(Map<ZipEntry, byte[]> entries) {
        Map<ClassDesc, byte[]> classes = new LinkedHashMap<>();
        entries.forEach((entry, bytes) -> {
            if (isClass(entry)) {
                String name = entry.getName();
                classes.put(ClassDesc.ofInternalName(name.substring(0, name.length() - ".class".length())), bytes);
            }
        });
        ClassHierarchyResolver own = ClassHierarchyResolver.ofResourceParsing(name -> {
            byte[] bytes = classes.get(name);
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        });
        return ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(own.orElse(ClassHierarchyResolver.defaultResolver())));
    }

    private static byte[] upgraded(ClassFile classFile, byte[] bytes) {
        ClassModel old = classFile.parse(bytes);
        if (old.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return bytes;
        }
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        // Code that isn't taken apart would be copied as it is, without stack maps.
        ClassTransform code = ClassTransform.transformingMethods(MethodTransform.transformingCode(CodeBuilder::with));
        byte[] upgraded = classFile.transformClass(old, version.andThen(code));
        for (VerifyError error : classFile.verify(upgraded)) {
            throw new IllegalStateException(old.thisClass().asInternalName() + " can't be upgraded", error);
        }
        return upgraded;
    }
}
