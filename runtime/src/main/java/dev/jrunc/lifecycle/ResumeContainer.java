// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.error.ContainerError;
import dev.jrunc.state.Status;

/** {@code resume}: the processes of a paused container go on. */
public final class ResumeContainer {

    private final Context context;

    public ResumeContainer(Context context) {
        this.context = context;
    }

    /** @throws ContainerError when it isn't paused */
    public void resume(String id) {
        RecoverContainer.Found found = RecoverContainer.find(context, context.folder(id));
        if (found.status() != Status.PAUSED) {
            throw ContainerError.notPaused();
        }
        context.front().execute(PauseContainer.freeze(found.state(), "resume", false));
    }
}
