/** A module with a wrong argument: whoever checks types must find it. */
import { visible } from "../../service/ui/page/lib/format.js";

visible(3);
